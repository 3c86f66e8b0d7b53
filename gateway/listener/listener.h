// Accepts clients and distributes them over the I/O threads.
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
  const std::string& address() const { return address_; }  // with the port that was bound
  void Close();
  // Binds the same address again. Throws as the constructor does.
  void Reopen();

 private:
  void Open(const std::string& address);

  int fd_ = -1;
  std::string address_;
};

// Lives on one I/O thread. Accepts a bounded number of clients in a wake-up, so that many new clients do not
// starve the connected ones.
class Listener final : public EventTarget {
 public:
  struct Options {
    Slots* slots;          // for clients
    Slots* refusal_slots;  // for clients that are refused with an HTTP answer
    AddressSlots* address_slots;
    const UpgradeContext* upgrades;
    uint64_t handshakes_per_second = 0;  // further clients wait in the kernel's backlog; 0: no bound
    // Hands an accepted client to an I/O thread.
    std::function<void(Upgrade::Accepted)> deal;
  };

  Listener(IoThread& thread, ListenSocket& socket, Options options);
  // Call it on the I/O thread.
  void Open();
  // Call it on the I/O thread.
  void LimitHandshakes(uint64_t per_second);
  // Call it on the I/O thread. Stops accepting and closes the port.
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
