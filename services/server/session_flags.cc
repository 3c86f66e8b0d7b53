#include "services/server/session_flags.h"

#include <cstdint>

#include "absl/time/time.h"
#include "gateway/session/deflate_options.h"

namespace drawbridge {
namespace {

constexpr uint64_t kGigabyte = uint64_t{1} << 30;

}  // namespace

void DefineSession(Definer& define, Flags* flags) {
  constexpr uint64_t kTera = 1'000'000'000'000;
  const auto ms = absl::Milliseconds(1);
  const auto day = absl::Hours(24);
  define.Number("max_message_bytes", &flags->max_message_bytes,
                "The length of the longest message from a client, in bytes, uncompressed. A longer message "
                "closes its connection with 1009.",
                1, kGigabyte);
  define.Number("send_queue_bytes", &flags->send_queue_bytes,
                "The number of bytes that may wait to be sent to one client. At the bound nothing more is "
                "read from that client, and nothing more is queued for it.",
                1024, kGigabyte);
  define.Number("send_queue_total_bytes", &flags->send_queue_total_bytes,
                "The number of bytes that the send queues of all clients may take together. A payload that "
                "waits for several clients counts once. At the bound messages from the control API are "
                "refused; the last eighth is reserved for clients that have nothing waiting. 0: no bound. "
                "The default is a quarter of the memory that the process may use.",
                0, kTera);
  define.Duration("send_stall_timeout", &flags->send_stall_timeout,
                  "How long the queue of a client may stay over --send_queue_bytes. A longer stall closes "
                  "its connection with 1008 too_slow.",
                  ms, day);
  define.Duration("handshake_timeout", &flags->handshake_timeout,
                  "How long a client may take from the TCP connection to its complete upgrade request, TLS "
                  "included. A slower client gets HTTP 408 or is disconnected.",
                  ms, day);
  define.Duration("ping_interval", &flags->ping_interval,
                  "The time between two pings to a client. 0: no pings.", ms, day, true);
  define.Duration("pong_timeout", &flags->pong_timeout,
                  "How long a client may send nothing after a ping. A longer silence closes its connection "
                  "with 1001 no_pong.",
                  ms, day);
  define.Switch("keepalive_proves_life", &flags->keepalive_proves_life,
                "Keep the connection of a client that has never answered a ping, as long as its TCP stack "
                "answers keepalive probes.");
  define.Duration(
      "idle_timeout", &flags->idle_timeout,
      "How long a client may send no message. A longer silence closes its connection with 1001. 0: no bound.",
      ms, day, true);
  define.Duration("max_connection_age", &flags->max_connection_age,
                  "How long a client may be connected, plus or minus a random part of up to a fifth. Then "
                  "its connection is closed with --max_age_code, so that clients spread over new nodes. 0: "
                  "no bound.",
                  absl::Seconds(1), absl::Hours(24 * 30), true);
  define.CloseCode("max_age_code", &flags->max_age_code,
                   "The close code for clients that reach --max_connection_age. All client libraries know "
                   "1001, but not all know 1012 and 1013.");
}

void DefineDeflate(Definer& define, Flags* flags) {
  DeflateOptions& deflate = flags->deflate;
  define.Switch("permessage_deflate", &flags->permessage_deflate,
                "Compress messages with clients that offer permessage-deflate (RFC 7692). The flags "
                "deflate_* configure it.");
  define.Number("deflate_server_window_bits", &deflate.server_window_bits,
                "The base-2 logarithm of the window with which the gateway compresses, in bytes. A client "
                "may ask for less.",
                kMinDeflateWindowBits, kMaxDeflateWindowBits);
  define.Number("deflate_client_window_bits", &deflate.client_window_bits,
                "The base-2 logarithm of the window with which clients compress, in bytes. Below 15, a "
                "client that does not offer client_max_window_bits gets client_no_context_takeover instead.",
                kMinDeflateWindowBits, kMaxDeflateWindowBits);
  define.Switch("deflate_server_context_takeover", &deflate.server_context_takeover,
                "Keep the window of the gateway between messages. Messages get smaller, and the compressor "
                "of each client takes 2^(deflate_server_window_bits + 2) + 2^(deflate_memory_level + 9) "
                "bytes.");
  define.Switch("deflate_client_context_takeover", &deflate.client_context_takeover,
                "Let clients keep their window between messages. Each client takes "
                "2^deflate_client_window_bits + 7168 bytes.");
  define.Number("deflate_level", &deflate.level,
                "The level of compression: 1 is the fastest, 9 gives the smallest messages.", 1, 9);
  define.Number("deflate_memory_level", &deflate.memory_level,
                "The memory level of zlib for a compressor. Without context takeover the clients of a thread "
                "share one compressor.",
                1, 9);
  define.Number(
      "deflate_min_bytes", &deflate.min_bytes,
      "The length of the shortest message that is compressed, in bytes. A shorter one is sent as it is.", 0,
      kGigabyte);
}

}  // namespace drawbridge
