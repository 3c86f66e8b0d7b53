// Counts what a soak did, and records what failed.
#ifndef DRAWBRIDGE_TESTS_SOAK_LEDGER_H_
#define DRAWBRIDGE_TESTS_SOAK_LEDGER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace drawbridge {

// Thread-safe. Keeps the texts of the first failures and counts the rest.
class Ledger {
 public:
  void Count(const std::string& what, uint64_t times = 1) {
    const std::lock_guard lock(mu_);
    counts_[what] += times;
  }

  void Fail(const std::string& why) {
    const std::lock_guard lock(mu_);
    if (failures_.size() < kRemembered) failures_.push_back(why);
    ++failed_;
  }

  uint64_t count(const std::string& what) const {
    const std::lock_guard lock(mu_);
    const auto found = counts_.find(what);
    return found == counts_.end() ? 0 : found->second;
  }
  std::map<std::string, uint64_t> counts() const {
    const std::lock_guard lock(mu_);
    return counts_;
  }
  std::vector<std::string> failures() const {
    const std::lock_guard lock(mu_);
    return failures_;
  }
  uint64_t failed() const {
    const std::lock_guard lock(mu_);
    return failed_;
  }

 private:
  static constexpr size_t kRemembered = 20;

  mutable std::mutex mu_;
  std::map<std::string, uint64_t> counts_;
  std::vector<std::string> failures_;
  uint64_t failed_ = 0;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SOAK_LEDGER_H_
