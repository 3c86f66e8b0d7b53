// What a file of cases passes to the runner.
#ifndef DRAWBRIDGE_TESTS_CONFORMANCE_GROUP_H_
#define DRAWBRIDGE_TESTS_CONFORMANCE_GROUP_H_

#include <string>
#include <vector>

#include "tests/conformance/case.h"
#include "tests/conformance/request_case.h"

namespace drawbridge::conformance {

// Each of its cases is a test named `section`.`name`. Groups with the same flags share a gateway.
struct Group {
  std::string section;                // for example Section5_2
  std::vector<std::string> flags;     // additional flags of the gateway
  std::vector<std::string> headers;   // additional headers of the upgrade of `cases`
  std::vector<Case> cases;            // each is sent whole, then in small pieces
  std::vector<RequestCase> requests;  // the same
};

// Defined by each file of cases.
std::vector<Group> Groups();

}  // namespace drawbridge::conformance

#endif  // DRAWBRIDGE_TESTS_CONFORMANCE_GROUP_H_
