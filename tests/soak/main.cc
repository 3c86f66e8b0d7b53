// soak GATEWAY [MINUTES]: exit code 1 if a leak, a wrong answer or a missed deadline was found, 2 for bad
// arguments.
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>

#include "absl/strings/numbers.h"
#include "tests/soak/soak.h"

int main(int argc, char** argv) {
  constexpr double kMost = 24 * 60;
  double minutes = 10;
  if (argc < 2 || argc > 3 ||
      (argc == 3 && (!absl::SimpleAtod(argv[2], &minutes) || !(minutes > 0 && minutes <= kMost)))) {
    std::fputs("soak: MINUTES must be more than 0 and at most 1440\n", stderr);
    return 2;
  }
  try {
    const auto duration = std::chrono::duration<double, std::ratio<60>>(minutes);
    return drawbridge::Soak(argv[1]).Run(std::chrono::ceil<std::chrono::seconds>(duration)) ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "soak: %s\n", error.what());
    return 1;
  }
}
