#include "gateway/session/send_queue.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace drawbridge {

void SendQueue::Append(std::string_view frames, size_t sent, std::span<WriteBuffer::Mark> marks) {
  for (size_t begin = 0; begin < frames.size();) {
    const FrameHeader header = *ParseFrameHeader(frames.substr(begin));
    WriteBuffer::Mark* const mark = MarkOf(marks, begin, header);
    if (mark != nullptr) marks = marks.subspan(1);
    const bool beside = mark != nullptr && mark->beside;
    const std::string_view bytes = frames.substr(begin, header.size + (beside ? 0 : header.length));
    const size_t whole_size = header.size + header.length;
    if (sent < whole_size) {
      Push({bytes, header, sent, mark});
    } else if (mark != nullptr && mark->receipt) {
      taken_.push_back(std::move(mark->receipt));
    }
    sent -= std::min(sent, whole_size);
    begin += bytes.size();
  }
}

// The mark of the frame that begins at `begin`; null: it has none.
WriteBuffer::Mark* SendQueue::MarkOf(std::span<WriteBuffer::Mark> marks, size_t begin,
                                     const FrameHeader& header) {
  if (marks.empty()) return nullptr;
  WriteBuffer::Mark& next = marks.front();
  return next.end == begin + header.size + (next.beside ? 0 : header.length) ? &next : nullptr;
}

void SendQueue::Push(const Whole& whole) {
  const FrameHeader& header = whole.header;
  if (ReplacesLast(header.opcode)) {
    Uncount(frames_.back(), 0);
    frames_.pop_back();
    replaced_pong_ = true;
  }
  Frame frame{
      .header = {}, .header_size = 0, .opcode = header.opcode, .shared = false, .begun = whole.sent > 0};
  size_t sent = 0;
  if (whole.mark != nullptr && header.reserved == 0) {
    std::copy_n(whole.bytes.begin(), header.size, frame.header.begin());
    frame.header_size = static_cast<uint8_t>(header.size);
    frame.payload = std::move(whole.mark->payload);
    frame.shared = true;
    sent = whole.sent;
  } else {
    frame.payload = std::make_shared<const std::string>(whole.bytes.substr(whole.sent));
  }
  if (whole.mark != nullptr) frame.receipt = std::move(whole.mark->receipt);
  if (frames_.empty()) front_sent_ = sent;
  Count(frame, sent);
  frames_.push_back(std::move(frame));
}

bool SendQueue::ReplacesLast(Opcode opcode) const {
  return opcode == Opcode::kPong && !frames_.empty() && frames_.back().opcode == opcode &&
         !frames_.back().begun;
}

void SendQueue::Count(const Frame& frame, size_t sent) {
  messages_ += frame.is_message() ? 1 : 0;
  bytes_ += frame.PayloadBehind(sent) + kFrameOverhead;
  own_bytes_ += (frame.shared ? 0 : frame.payload->size()) + kFrameOverhead;
}

void SendQueue::Uncount(const Frame& frame, size_t sent) {
  messages_ -= frame.is_message() ? 1 : 0;
  bytes_ -= frame.PayloadBehind(sent) + kFrameOverhead;
  own_bytes_ -= (frame.shared ? 0 : frame.payload->size()) + kFrameOverhead;
}

IoResult::Status SendQueue::WriteTo(Link& link) {
  const IoResult::Status status = WriteFrames(link);
  if (link.has_unsent()) return status == IoResult::Status::kOk ? IoResult::Status::kWouldBlock : status;
  for (Receipt& receipt : taken_) receipt.Written();
  taken_.clear();
  return status;
}

IoResult::Status SendQueue::WriteFrames(Link& link) {
  std::array<iovec, 64> room;
  while (!frames_.empty()) {
    const IoResult result = link.Write(Gather(room));
    if (result.status != IoResult::Status::kOk) return result.status;
    replaced_pong_ = false;
    TakeSent(result.bytes);
  }
  return IoResult::Status::kOk;
}

std::span<const iovec> SendQueue::Gather(std::span<iovec> room) const {
  size_t count = 0;
  const auto add = [&](std::string_view bytes, size_t sent) {
    bytes.remove_prefix(std::min(sent, bytes.size()));
    if (!bytes.empty()) room[count++] = {const_cast<char*>(bytes.data()), bytes.size()};
  };
  size_t sent = front_sent_;
  for (const Frame& frame : frames_) {
    if (count + 2 > room.size()) break;
    add({frame.header.data(), frame.header_size}, sent);
    add(*frame.payload, sent - std::min<size_t>(sent, frame.header_size));
    sent = 0;
  }
  return room.first(count);
}

void SendQueue::TakeSent(size_t bytes) {
  while (bytes > 0) {
    Frame& front = frames_.front();
    const size_t step = std::min(bytes, front.size() - front_sent_);
    bytes_ -= front.PayloadBehind(front_sent_) - front.PayloadBehind(front_sent_ + step);
    front_sent_ += step;
    front.begun = true;
    if (front_sent_ == front.size()) Pop();
    bytes -= step;
  }
}

void SendQueue::Pop() {
  Frame& front = frames_.front();
  Uncount(front, front_sent_);
  if (front.receipt) taken_.push_back(std::move(front.receipt));
  frames_.pop_front();
  front_sent_ = 0;
}

size_t SendQueue::DropMessages() {
  const size_t before = messages_;
  std::deque<Frame> kept;
  for (Frame& frame : frames_) {
    if (!frame.is_message() || frame.begun) {
      kept.push_back(std::move(frame));
    } else {
      Uncount(frame, 0);
    }
  }
  frames_ = std::move(kept);
  return before - messages_;
}

SendQueue::Change SendQueue::TakeChange() {
  const Change change{static_cast<int64_t>(messages_ - reported_messages_),
                      static_cast<int64_t>(bytes_ - reported_bytes_)};
  reported_messages_ = messages_;
  reported_bytes_ = bytes_;
  return change;
}

}  // namespace drawbridge
