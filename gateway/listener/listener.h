// Accepts clients and deals them to the I/O threads.
#ifndef DRAWBRIDGE_GATEWAY_LISTENER_LISTENER_H_
#define DRAWBRIDGE_GATEWAY_LISTENER_LISTENER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "gateway/base/clock.h"
#include "gateway/base/token_bucket.h"
#include "gateway/connections/address_slots.h"
#include "gateway/connections/slots.h"
#include "gateway/listener/trusted_proxies.h"
#include "gateway/listener/upgrade.h"
#include "gateway/session/event_target.h"
#include "gateway/session/io_thread.h"

namespace drawbridge {

// A bound TCP port. `address`: ip:port, [ipv6]:port; port 0 picks a free one. Throws std::system_error, or
// std::invalid_argument where the text is not an address.
class ListenSocket {
 public:
  explicit ListenSocket(const std::string& address);
  ListenSocket(const ListenSocket&) = delete;
  ListenSocket& operator=(const ListenSocket&) = delete;
  ~ListenSocket() { Close(); }

  int fd() const { return fd_; }
  const std::string& address() const { return address_; }  // as bound
  void Close();
  // Binds the same address again. Throws as the constructor does.
  void Reopen();

 private:
  void Open(const std::string& address);

  int fd_ = -1;
  std::string address_;
};

// Lives on one I/O thread. Accepts a bounded batch a wake-up, so that a storm of newcomers does not starve
// the clients that are already there.
class Listener final : public EventTarget {
 public:
  struct Options {
    Slots* slots;          // for clients
    Slots* refusal_slots;  // for those who are told that they come in vain
    AddressSlots* address_slots;
    const UpgradeContext* upgrades;
    uint64_t handshakes_per_second = 0;  // more of them wait in the kernel's backlog; 0: no bound
    // Hands a client to a thread of its choice.
    std::function<void(Upgrade::Accepted)> deal;
  };

  Listener(IoThread& thread, ListenSocket& socket, Options options);
  // On the thread.
  void Open();
  // On the thread.
  void LimitHandshakes(uint64_t per_second);
  // On the thread: accepts nobody any more and closes the port.
  void Close();

  void OnReady(uint32_t events) override;
  void OnDeadline() override;

 private:
  bool AcceptOne();
  void Admit(Upgrade::Accepted client);
  void PauseUntil(SteadyTime when);

  IoThread& thread_;
  ListenSocket& socket_;
  const Options options_;
  std::optional<TokenBucket> handshakes_;  // nullopt: no bound
  bool open_ = false;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_GATEWAY_LISTENER_LISTENER_H_
