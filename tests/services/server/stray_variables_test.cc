// An environment variable with a mistyped name is reported. Variables of other programs are ignored.
#include "services/server/stray_variables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace drawbridge {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> StrayIn(std::vector<const char*> environment) {
  environment.push_back(nullptr);
  return StrayVariables(environment.data(), {"listen", "idle_timeout", "max_connections"});
}

TEST(StrayVariablesTest, AMistypedFlagIsNamedWithTheOneThatWasMeant) {
  EXPECT_THAT(
      StrayIn({"PATH=/bin", "DRAWBRIDGE_IDLE_TIMEOT=5s", "DRAWBRIDGE_LISTEN=127.0.0.1:1"}),
      ElementsAre("DRAWBRIDGE_IDLE_TIMEOT is not the variable of a flag and has no effect; did you mean "
                  "DRAWBRIDGE_IDLE_TIMEOUT?"));
  EXPECT_THAT(StrayIn({"DRAWBRIDGE_COLOUR=red"}),
              ElementsAre("DRAWBRIDGE_COLOUR is not the variable of a flag and has no effect"));
}

TEST(StrayVariablesTest, AVariableMustHaveTheCaseOfItsFlag) {
  EXPECT_THAT(StrayIn({"DRAWBRIDGE_listen=127.0.0.1:1"}),
              ElementsAre(::testing::EndsWith("did you mean DRAWBRIDGE_LISTEN?")));
}

TEST(StrayVariablesTest, APortIsNoServiceLinkWithoutItsScheme) {
  EXPECT_THAT(StrayIn({"DRAWBRIDGE_PORT=8080", "DRAWBRIDGE_PORT_=1", "DRAWBRIDGE_PORT_80=1"}),
              ::testing::SizeIs(3));
}

TEST(StrayVariablesTest, WhatKubernetesInjectsForServicesIsLeftAlone) {
  EXPECT_THAT(
      StrayIn({"DRAWBRIDGE_SERVICE_HOST=10.0.0.1", "DRAWBRIDGE_SERVICE_PORT=8080",
               "DRAWBRIDGE_SERVICE_PORT_WS=8080", "DRAWBRIDGE_PORT=tcp://10.0.0.1:8080",
               "DRAWBRIDGE_PORT_8080_TCP=tcp://10.0.0.1:8080", "DRAWBRIDGE_PORT_8080_TCP_PROTO=tcp",
               "DRAWBRIDGE_PORT_8080_TCP_PORT=8080", "DRAWBRIDGE_PORT_8080_TCP_ADDR=10.0.0.1",
               "DRAWBRIDGE_CONTROL_SERVICE_HOST=10.0.0.2", "DRAWBRIDGE_CONTROL_SERVICE_PORT_GRPC=9090",
               "DRAWBRIDGE_CONTROL_PORT=tcp://10.0.0.2:9090",
               "DRAWBRIDGE_CONTROL_PORT_9090_TCP_ADDR=10.0.0.2"}),
      IsEmpty());
}

TEST(StrayVariablesTest, TheVariablesOfTheControlToolAreLeftAlone) {
  EXPECT_THAT(
      StrayIn({"DRAWBRIDGE_ADDRESS=127.0.0.1:9090", "DRAWBRIDGE_TOKEN_FILE=/token", "DRAWBRIDGE_TLS=true",
               "DRAWBRIDGE_CA_CERT=/ca", "DRAWBRIDGE_CERT=/c", "DRAWBRIDGE_KEY=/k",
               "DRAWBRIDGE_SERVER_NAME=x", "DRAWBRIDGE_INSECURE_TOKEN=true", "DRAWBRIDGE_USE_PROXY=true"}),
      IsEmpty());
}

}  // namespace
}  // namespace drawbridge
