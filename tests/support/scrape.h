// Reads the metrics of a node from its admin port.
#ifndef DRAWBRIDGE_TESTS_SUPPORT_SCRAPE_H_
#define DRAWBRIDGE_TESTS_SUPPORT_SCRAPE_H_

#include <map>
#include <sstream>
#include <string>

#include "tests/support/client.h"

namespace drawbridge {

inline HttpResponse AskAdmin(const std::string& address, const std::string& path) {
  Client client = Client::Dial(address);
  client.Send("GET " + path + " HTTP/1.1\r\nHost: admin\r\n\r\n");
  return client.ReadResponse();
}

// Returns the samples of /metrics: from name and labels, as printed, to the value.
inline std::map<std::string, double> Scrape(const std::string& address) {
  std::map<std::string, double> values;
  std::istringstream lines(AskAdmin(address, "/metrics").body);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    const size_t space = line.rfind(' ');
    values[line.substr(0, space)] = std::stod(line.substr(space + 1));
  }
  return values;
}

}  // namespace drawbridge

#endif  // DRAWBRIDGE_TESTS_SUPPORT_SCRAPE_H_
