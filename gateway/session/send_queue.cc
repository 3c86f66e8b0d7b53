#include "gateway/session/send_queue.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace drawbridge {

void SendQueue::Append(std::string_view frames, size_t sent, std::span<WriteBuffer::Mark> marks) {
  for (size_t begin = 0; begin < frames.size();) {
    const auto header = ParseFrameHeader(frames.substr(begin));
    const size_t end = begin + header->size + header->length;
    Receipt receipt;
    if (!marks.empty() && marks.front().end == end) {
      receipt = std::move(marks.front().receipt);
      marks = marks.subspan(1);
    }
    if (sent < end) {
      const bool begun = sent > begin;
      const size_t from = begun ? sent : begin;
      Push(frames.substr(from, end - from), header->opcode, begun, std::move(receipt));
    } else if (receipt) {
      taken_.push_back(std::move(receipt));
    }
    begin = end;
  }
}

void SendQueue::Push(std::string_view bytes, Opcode opcode, bool begun, Receipt receipt) {
  if (ReplacesLast(opcode)) {
    bytes_ -= frames_.back().bytes.size() + kFrameOverhead;
    frames_.pop_back();
  }
  frames_.push_back({std::string(bytes), opcode, begun, std::move(receipt)});
  bytes_ += bytes.size() + kFrameOverhead;
  messages_ += frames_.back().is_message() ? 1 : 0;
}

bool SendQueue::ReplacesLast(Opcode opcode) const {
  return opcode == Opcode::kPong && !frames_.empty() && frames_.back().opcode == opcode &&
         !frames_.back().begun;
}

void SendQueue::Pop() {
  bytes_ -= frames_.front().bytes.size() + kFrameOverhead;
  messages_ -= frames_.front().is_message() ? 1 : 0;
  if (frames_.front().receipt) taken_.push_back(std::move(frames_.front().receipt));
  frames_.pop_front();
  front_sent_ = 0;
}

IoResult::Status SendQueue::WriteTo(Link& link) {
  const IoResult::Status status = WriteFrames(link);
  if (link.has_unsent()) return status == IoResult::Status::kOk ? IoResult::Status::kWouldBlock : status;
  for (Receipt& receipt : taken_) receipt.Written();
  taken_.clear();
  return status;
}

IoResult::Status SendQueue::WriteFrames(Link& link) {
  while (!frames_.empty()) {
    std::array<iovec, 64> pieces;
    const size_t count = std::min(frames_.size(), pieces.size());
    for (size_t i = 0; i < count; ++i) pieces[i] = {frames_[i].bytes.data(), frames_[i].bytes.size()};
    pieces[0] = {frames_[0].bytes.data() + front_sent_, frames_[0].bytes.size() - front_sent_};

    const IoResult result = link.Write(std::span<const iovec>(pieces).first(count));
    if (result.status != IoResult::Status::kOk) return result.status;
    size_t sent = result.bytes;
    while (sent > 0) {
      const size_t left = frames_.front().bytes.size() - front_sent_;
      if (sent < left) {
        front_sent_ += sent;
        frames_.front().begun = true;
        break;
      }
      sent -= left;
      Pop();
    }
  }
  return IoResult::Status::kOk;
}

size_t SendQueue::DropMessages() {
  const size_t before = messages_;
  std::deque<Frame> kept;
  for (Frame& frame : frames_) {
    if (!frame.is_message() || frame.begun) {
      kept.push_back(std::move(frame));
    } else {
      bytes_ -= frame.bytes.size() + kFrameOverhead;
      --messages_;
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
