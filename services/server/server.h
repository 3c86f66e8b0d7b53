// The whole process as one object: the data plane, the control plane and the admin port, wired together.
#ifndef DRAWBRIDGE_SERVICES_SERVER_SERVER_H_
#define DRAWBRIDGE_SERVICES_SERVER_SERVER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "gateway/base/clock.h"
#include "gateway/base/mutex.h"
#include "services/admin/reload_states.h"
#include "services/drain/drain_plan.h"
#include "services/server/file_watch.h"
#include "services/server/flags.h"
#include "services/server/reloadable_flags.h"

namespace drawbridge {

class Admin;
class ControlPlane;
class Gateway;
class Handler;
class KeyFetcher;
class KeySource;
class MemoryReturn;
class Watches;
struct NotReady;
struct TokenRules;

class Server {
 public:
  // Serves when it returns. Throws std::exception, which says which address cannot be used and why.
  explicit Server(const Flags& flags);
  // Cuts the clients and the calls that are left.
  ~Server();

  Gateway& gateway() { return *gateway_; }
  const std::string& control_address() const;
  const std::string& admin_address() const;
  const Watches& watches() const;

  // Empties the gateway, then ends the control plane, which answers until the last client is gone. Blocks for
  // little longer than the plan takes. Once. Returns how many clients were told to go.
  int64_t Shutdown(DrainPlan plan);
  int64_t Shutdown() { return Shutdown(drain_plan()); }
  // Shortens a Shutdown that is under way: sends the close frames to all clients that are left at once, and
  // cuts them a moment later. Any thread.
  void HastenShutdown();

  // Takes over the flags that may change while it runs. Returns what has changed, and what would take a
  // restart. One thread at a time.
  FlagChanges Reload(const Flags& flags);
  // Counts a reload of the flags that failed before it came to Reload. Any thread.
  void ReloadFailed() { reloads_.Failed("flags"); }
  // The flags that it runs with. Any thread.
  Flags flags() const;

  // The drain that the flags describe. Any thread.
  DrainPlan drain_plan() const;

  // Reads certificates, keys, client authorities, tokens and the keys of clients' tokens again, as it does by
  // itself when they change. A file that cannot be used is logged and changes nothing. Any thread; blocks on
  // the file system.
  void ReloadFiles();

 private:
  void WarnAtStart() const;
  void StartFetching(const Flags& flags);
  void WatchFiles();
  void ReloadKeys();
  void ReloadTls();
  void ReloadControlTls();
  void ReloadControlTokens();

  std::optional<NotReady> WhyNotReady() const;
  bool FullIsNotReady() const;
  void Tick();
  void TellHealth();

  mutable Mutex mu_;
  Flags flags_ ABSL_GUARDED_BY(mu_);
  const bool has_tls_;
  Mutex reloading_;  // one reload of a file at a time, so that the last one wins
  const SystemClock clock_;
  ReloadStates reloads_{&clock_};
  const std::unique_ptr<Handler> handler_;
  // Before what reads the files, so that a change between the two is seen.
  FileWatch tls_files_;
  FileWatch control_tls_files_;
  FileWatch control_tokens_file_;
  FileWatch keys_file_;
  std::shared_ptr<const TokenRules> rules_ ABSL_GUARDED_BY(mu_);  // null: no tokens
  const std::unique_ptr<KeySource> keys_;                         // likewise
  const std::unique_ptr<Gateway> gateway_;
  const std::unique_ptr<ControlPlane> control_;
  std::unique_ptr<KeyFetcher> key_fetcher_;  // null: the keys are in a file
  std::unique_ptr<MemoryReturn> memory_return_;
  std::unique_ptr<Admin> admin_;  // reads all of the above
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_SERVER_SERVER_H_
