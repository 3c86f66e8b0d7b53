#include "services/control/ban_service.h"

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <utility>

#include "services/control/audit.h"
#include "services/control/ban_fields.h"
#include "services/control/close_present.h"
#include "services/control/errors.h"
#include "services/control/list_bans.h"
#include "services/control/waiting_call.h"
#include "services/control/wire.h"

namespace drawbridge {
namespace {

namespace v1 = control::v1;

grpc::ServerUnaryReactor* Finish(const Call& call, const grpc::Status& status, Audit* audit) {
  if (audit != nullptr) audit->Finish(status);
  grpc::ServerUnaryReactor* const reactor = call.context->DefaultReactor();
  reactor->Finish(status);
  return reactor;
}

grpc::Status TooManyCreateBans(size_t bound) {
  return Failure(grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_CREATE_BANS",
                 fmt::format("{} calls of CreateBan close connections, which is the limit", bound));
}

v1::CreateBanResponse ResponseOf(const Ban& ban, const v1::InterruptConnectionsResponse& counts) {
  v1::CreateBanResponse response;
  Describe(ban, response.mutable_ban());
  response.set_closed_clean_count(counts.closed_clean_count());
  response.set_closed_timeout_count(counts.closed_timeout_count());
  response.set_closed_aborted_count(counts.closed_aborted_count());
  response.set_closed_rejected_count(counts.closed_rejected_count());
  response.set_already_closed_count(counts.already_closed_count());
  return response;
}

}  // namespace

BanService::BanService(const Node& node)
    : registry_(*node.registry),
      bans_(*node.bans),
      keeper_(*node.keeper),
      clock_(*node.clock),
      service_(node.guard) {
  service_.BindUnary("CreateBan", std::bind_front(&BanService::CreateBan, this));
  service_.BindUnary("ListBans", std::bind_front(&BanService::ListBans, this));
  service_.BindUnary("DeleteBan", std::bind_front(&BanService::DeleteBan, this));
}

BanService::~BanService() { thread_.join(); }

// Inserts the ban, then closes the connections that are present: see Bans.
grpc::ServerUnaryReactor* BanService::CreateBan(const Call& call, const grpc::ByteBuffer* request,
                                                grpc::ByteBuffer* response) {
  const auto audit = std::make_shared<Audit>("CreateBan", call, clock_);
  v1::CreateBanRequest parsed;
  WantedBan wanted;
  grpc::Status status = ParseRequest(*request, parsed);
  audit->Asked(parsed);
  if (status.ok()) status = ParseCreateBan(parsed, clock_.Wall(), call.caller, &wanted);
  const auto slot = std::make_shared<Slot>(create_bans_.Take());
  if (status.ok() && !*slot) status = TooManyCreateBans(create_bans_.capacity());
  if (!status.ok()) return Finish(call, status, audit.get());
  auto* waiting = new WaitingCall(
      thread_, audit, "the ban stays, once it is made, and the connections that match are closed");
  keeper_.Create(std::move(wanted), [this, answer = waiting->Answerer(), audit, slot, response](
                                        const grpc::Status& made, const BanPointer& ban) {
    if (!made.ok()) return answer([made] { return made; });
    ClosePresent::Start({thread_, registry_, clock_}, *ban, std::move(*slot),
                        [answer, audit, ban, response](const v1::InterruptConnectionsResponse& counts) {
                          answer([audit, response, out = ResponseOf(*ban, counts)] {
                            audit->Came(out);
                            *response = SerializeResponse(out);
                            return grpc::Status::OK;
                          });
                        });
  });
  return waiting->Wait(*call.context);
}

grpc::ServerUnaryReactor* BanService::ListBans(const Call& call, const grpc::ByteBuffer* request,
                                               grpc::ByteBuffer* response) {
  v1::ListBansRequest parsed;
  v1::ListBansResponse answer;
  grpc::Status status = ParseRequest(*request, parsed);
  if (status.ok()) status = drawbridge::ListBans(bans_, parsed, &answer);
  if (status.ok()) *response = SerializeResponse(answer);
  return Finish(call, status, nullptr);
}

grpc::ServerUnaryReactor* BanService::DeleteBan(const Call& call, const grpc::ByteBuffer* request,
                                                grpc::ByteBuffer* response) {
  const auto audit = std::make_shared<Audit>("DeleteBan", call, clock_);
  v1::DeleteBanRequest parsed;
  grpc::Status status = ParseRequest(*request, parsed);
  audit->Asked(parsed);
  if (status.ok() && !IsBanId(parsed.ban_id())) status = MalformedBanId(parsed.ban_id());
  if (!status.ok()) return Finish(call, status, audit.get());
  auto* waiting = new WaitingCall(thread_, audit, "the ban may be deleted");
  keeper_.Delete(parsed.ban_id(), [answer = waiting->Answerer(), response, missing = parsed.allow_missing()](
                                      const grpc::Status& deleted, const BanPointer& ban) {
    answer([response, missing, deleted, ban] {
      const bool may_miss = missing && deleted.error_code() == grpc::StatusCode::NOT_FOUND;
      if (!deleted.ok() && !may_miss) return deleted;
      v1::DeleteBanResponse out;
      if (ban != nullptr) Describe(*ban, out.mutable_ban());
      *response = SerializeResponse(out);
      return grpc::Status::OK;
    });
  });
  return waiting->Wait(*call.context);
}

}  // namespace drawbridge
