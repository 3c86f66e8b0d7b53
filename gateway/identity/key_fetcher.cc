#include "gateway/identity/key_fetcher.h"

#include <memory>
#include <random>
#include <utility>

namespace drawbridge {
namespace {

std::function<double()> Random() {
  return [engine = std::minstd_rand(std::random_device()())]() mutable {
    return std::uniform_real_distribution<double>()(engine);
  };
}

}  // namespace

KeyFetcher::KeyFetcher(KeySource* source, Fetch fetch) : KeyFetcher(source, std::move(fetch), Random()) {}

KeyFetcher::KeyFetcher(KeySource* source, Fetch fetch, std::function<double()> random) {
  source->StartFetching(std::move(random));
  thread_ = std::jthread([source, fetch = std::move(fetch)](const std::stop_token& stop) {
    while (source->AwaitFetch(stop)) source->EndFetch(fetch(stop));
  });
}

}  // namespace drawbridge
