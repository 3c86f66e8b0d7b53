// The text of /metrics: the names match the document, the alerts and the dashboard, and the process metrics
// exist.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>

#include "tests/support/certificates.h"
#include "tests/support/running_server.h"
#include "tests/support/scrape.h"

namespace drawbridge {
namespace {

// Uses TLS and fetches keys, because only then every metric exists.
class MetricsTextTest : public ::testing::Test {
 protected:
  Flags TlsFlags() {
    Flags flags = TestFlags();
    flags.tls_cert = files_.certificate.path();
    flags.tls_key = files_.key.path();
    flags.control_tls_cert = flags.tls_cert;
    flags.control_tls_key = flags.tls_key;
    flags.jwt_keys = "https://127.0.0.1:1/jwks.json";  // nothing listens there
    flags.jwt_required = false;
    return flags;
  }

  TestAuthority authority_;
  const CredentialFiles files_{authority_.Issue({{"CN", "localhost"}}, 30)};
  RunningServer server_{TlsFlags()};
};

std::set<std::string> NamesIn(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern);
  std::set<std::string> names;
  for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at)
    names.insert(at->str(1));
  return names;
}

std::string ContentOf(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_F(MetricsTextTest, TheDocumentNamesAllAndNoOther) {
  const std::string text = AskAdmin(server_.server().admin_address(), "/metrics").body;
  EXPECT_EQ(NamesIn(ContentOf("docs/metrics.md"), "\\| `([a-z_]+)` \\| (?:gauge|counter|histogram) \\|"),
            NamesIn(text, "# TYPE ([a-z_]+) "));
}

TEST_F(MetricsTextTest, AlertsAndDashboardNameOnlyWhatThereIs) {
  const std::string text = AskAdmin(server_.server().admin_address(), "/metrics").body;
  const std::set<std::string> there = NamesIn(text, "(?:^|\n)([a-z_]+)[ {]");
  for (const char* file : {"deploy/prometheus/alerts.yaml", "deploy/grafana/drawbridge.json"}) {
    const auto used = NamesIn(ContentOf(file), "\\b((?:drawbridge|process)_[a-z_]+)\\b");
    EXPECT_GT(used.size(), 10u) << file;
    for (const std::string& name : used) EXPECT_THAT(there, ::testing::Contains(name)) << file;
  }
}

TEST_F(MetricsTextTest, TheProcessIsTold) {
  std::map<std::string, double> values = Scrape(server_.server().admin_address());
  EXPECT_GT(values["process_resident_memory_bytes"], 1e6);
  EXPECT_GT(values["process_open_fds"], 10);
  EXPECT_GT(values["process_max_fds"], values["process_open_fds"]);
  EXPECT_GE(values["process_cpu_seconds_total"], 0);
  const auto now = static_cast<double>(::time(nullptr));
  EXPECT_LT(values["process_start_time_seconds"], now + 2);
  EXPECT_GT(values["process_start_time_seconds"], now - 3600);
  EXPECT_EQ(values["drawbridge_build_info{version=\"0.1.0\"}"], 1);
}

}  // namespace
}  // namespace drawbridge
