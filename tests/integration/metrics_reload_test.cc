// The metrics report a file that cannot be used after a reload, until it can be used again.
#include <gtest/gtest.h>

#include <ctime>
#include <string>

#include "tests/integration/metric_growth.h"
#include "tests/support/callers_file.h"
#include "tests/support/certificates.h"
#include "tests/support/running_server.h"

namespace drawbridge {
namespace {

class MetricsReloadTest : public ::testing::Test {
 protected:
  Flags AllSources() {
    Flags flags = TestFlags();
    flags.tls_cert = files_.certificate.path();
    flags.tls_key = files_.key.path();
    flags.control_tls_cert = control_files_.certificate.path();
    flags.control_tls_key = control_files_.key.path();
    flags.control_tokens = callers_.path();
    return flags;
  }
  static std::string Failed(const std::string& source) {
    return "drawbridge_config_reload_failed{source=\"" + source + "\"}";
  }

  TestAuthority authority_;
  const CredentialFiles files_{authority_.Issue({{"CN", "localhost"}}, 30)};
  const CredentialFiles control_files_{authority_.Issue({{"CN", "localhost"}}, 60)};
  const TemporaryFile callers_{"callers", TokenLine("ci", "operator", "secret")};
  RunningServer server_{AllSources()};
};

TEST_F(MetricsReloadTest, ARevocationThatDidNotHappenIsTold) {
  ExpectGrowth(server_, [&] { callers_.Replace("ci operator nonsense\n"); }, {{Failed("control_tokens"), 1}});
  ExpectGrowth(server_, [&] { callers_.Replace("# nobody\n"); }, {{Failed("control_tokens"), -1}});
}

TEST_F(MetricsReloadTest, ACertificateThatCannotBeUsedIsTold) {
  ExpectGrowth(server_, [&] { files_.certificate.Replace("nonsense"); },
               {{Failed("tls"), 1}, {Failed("control_tls"), 0}});
  ExpectGrowth(server_, [&] { control_files_.certificate.Replace("nonsense"); },
               {{Failed("control_tls"), 1}});
}

TEST_F(MetricsReloadTest, FlagsThatCannotBeUsedAreTold) {
  ExpectGrowth(server_, [&] { server_.server().ReloadFailed(); }, {{Failed("flags"), 1}});
  ExpectGrowth(server_, [&] { server_.server().Reload(server_.server().flags()); }, {{Failed("flags"), -1}});
}

TEST_F(MetricsReloadTest, TheLastSuccessAndTheControlCertificateAreTold) {
  auto metrics = Scrape(server_.server().admin_address());
  const auto now = static_cast<double>(::time(nullptr));
  for (const std::string source : {"flags", "tls", "control_tls", "control_tokens"}) {
    EXPECT_EQ(metrics.at(Failed(source)), 0);
    EXPECT_NEAR(
        metrics.at("drawbridge_config_last_reload_success_timestamp_seconds{source=\"" + source + "\"}"), now,
        30);
  }
  EXPECT_NEAR(metrics.at("drawbridge_control_tls_certificate_not_after_timestamp_seconds") - now, 60 * 86400,
              86400);
}

}  // namespace
}  // namespace drawbridge
