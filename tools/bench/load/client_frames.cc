// The protocol part of a client: checks every byte from the server.
#include <algorithm>
#include <stdexcept>
#include <string>

#include "tools/bench/load/client.h"

namespace drawbridge::bench {
namespace {

void Require(bool condition, const char* what) {
  if (!condition) throw std::runtime_error(std::string("bad answer from the server: ") + what);
}

uint16_t CloseCode(std::string_view payload) {
  if (payload.empty()) return 1005;
  Require(payload.size() >= 2, "close frame of one byte");
  return static_cast<uint16_t>(static_cast<uint8_t>(payload[0]) << 8 | static_cast<uint8_t>(payload[1]));
}

}  // namespace

// The usual case, an echo in one complete frame, takes one comparison. Anything else is parsed.
void Client::TakeFrames(std::string_view data) {
  while (!data.empty()) {
    if (!in_frame_ && !in_message_ && head_.empty() && received_ < sent_) {
      const std::string_view echo = traffic_->Echo(index_ + received_);
      if (data.starts_with(echo)) {
        ++received_;
        data.remove_prefix(echo.size());
        continue;
      }
    }
    data = in_frame_ ? TakePayload(data) : TakeHeader(data);
  }
}

std::string_view Client::TakeHeader(std::string_view data) {
  while (!data.empty()) {
    head_ += data.front();
    data.remove_prefix(1);
    if (!ParseFrameHeader(head_.data(), head_.size(), &frame_)) continue;
    head_.clear();
    BeginFrame();
    break;
  }
  return data;
}

void Client::BeginFrame() {
  Require(!frame_.masked, "masked frame");
  Require(frame_.reserved() == 0, "reserved bits");
  Require(!saw_close_, "frame after the close frame");
  if (frame_.control()) {
    Require(frame_.fin() && frame_.length <= 125, "control frame too long or fragmented");
    control_in_.clear();
  } else {
    Require(received_ < sent_, "message that was not sent");
    Require(frame_.opcode() == (in_message_ ? kContinuation : traffic_->opcode()), "wrong opcode");
    if (!in_message_) message_offset_ = 0;
    Require(frame_.length <= traffic_->payload_size() - message_offset_, "message too long");
  }
  in_frame_ = true;
  frame_left_ = frame_.length;
  if (frame_left_ == 0) EndFrame();
}

std::string_view Client::TakePayload(std::string_view data) {
  const std::string_view chunk = data.substr(0, frame_left_);
  if (frame_.control()) {
    control_in_.append(chunk);
  } else {
    const std::string_view payload = traffic_->Payload(index_ + received_);
    Require(payload.substr(message_offset_, chunk.size()) == chunk, "wrong payload");
    message_offset_ += chunk.size();
  }
  frame_left_ -= chunk.size();
  if (frame_left_ == 0) EndFrame();
  return data.substr(chunk.size());
}

void Client::EndFrame() {
  in_frame_ = false;
  if (frame_.control()) return OnControlFrame();
  in_message_ = !frame_.fin();
  if (in_message_) return;
  Require(message_offset_ == traffic_->payload_size(), "message too short");
  ++received_;
}

void Client::OnControlFrame() {
  if (frame_.opcode() == kPing) return SendControl(kPong, control_in_);
  if (frame_.opcode() == kPong) return;
  Require(frame_.opcode() == kClose, "unknown control frame");
  const uint16_t code = CloseCode(control_in_);
  saw_close_ = true;
  if (!sent_close_) {
    sent_close_ = true;
    SendControl(kClose, std::string_view(control_in_).substr(0, 2));
  }
  listener_->OnCloseFrame(*this, code, now_);
}

}  // namespace drawbridge::bench
