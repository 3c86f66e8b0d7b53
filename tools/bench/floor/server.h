// The floor: a WebSocket echo server on plain epoll, without any library. The results of all other servers
// are reported as a ratio to this one.
#ifndef DRAWBRIDGE_TOOLS_BENCH_FLOOR_SERVER_H_
#define DRAWBRIDGE_TOOLS_BENCH_FLOOR_SERVER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace drawbridge::bench {

// Single-threaded. Per wake-up of a connection: one read into the shared buffer and one send of all answers.
// An idle connection costs 16 bytes.
class FloorServer {
 public:
  // `listener` must be non-blocking.
  explicit FloorServer(int listener);

  // Serves until the process is killed.
  [[noreturn]] void Run();

 private:
  // Incomplete input and unsent output. Exists only while there is some.
  struct Rest {
    std::string in;
    std::string out;
  };
  struct Connection {
    std::unique_ptr<Rest> rest;
    bool upgraded = false;
    bool finished = false;  // close once `rest->out` is sent
  };

  void Accept();
  void OnEvent(int fd, uint32_t events);
  void Read(int fd, Connection& connection);
  void ReadMore(int fd, Connection& connection);
  size_t Consume(int fd, Connection& connection, char* data, size_t size);
  size_t Upgrade(int fd, Connection& connection, std::string_view data);
  void Send(int fd, Connection& connection, const char* data, size_t size);
  void FlushRest(int fd, Connection& connection);
  void Close(int fd, Connection& connection);

  const int listener_;
  const int epoll_;
  std::vector<char> buffer_;             // for every read
  std::vector<Connection> connections_;  // by descriptor
};

}  // namespace drawbridge::bench

#endif  // DRAWBRIDGE_TOOLS_BENCH_FLOOR_SERVER_H_
