// The completion script in a real bash. It must offer every subcommand and flag of the program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/tools/ctl/ctl.h"

namespace drawbridge {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Returns what bash offers for the last word of `line`.
std::string Offers(const std::string& line) {
  static const std::string script = Ctl("unused:1", {"completion", "bash"}).out;
  const std::string program =
      script +
      "read -ra COMP_WORDS <<<\"$1\"; [[ $1 != *' ' ]] || COMP_WORDS+=('')\n"
      "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _drawbridgectl; echo \" ${COMPREPLY[*]} \"";
  const ChildProcess::Exit exit = ChildProcess({"/bin/bash", "-euc", program, "bash", line}).Wait();
  EXPECT_EQ(exit.err, "");
  return exit.out;
}

TEST(CompletionTest, BashOffersWhatFits) {
  EXPECT_THAT(Offers("drawbridgectl "), HasSubstr(" interrupt "));
  EXPECT_THAT(Offers("drawbridgectl "), HasSubstr(" --address "));
  EXPECT_EQ(Offers("drawbridgectl w"), " watch \n");
  EXPECT_EQ(Offers("drawbridgectl dr"), " drain \n");
  EXPECT_EQ(Offers("drawbridgectl interrupt --ma"), " --max_count \n");
  EXPECT_THAT(Offers("drawbridgectl -o json ls --"), HasSubstr(" --show_closed "));
  EXPECT_THAT(Offers("drawbridgectl -o json ls --"), Not(HasSubstr("--max_count")));
  EXPECT_EQ(Offers("drawbridgectl top --by r"), " rate rtt \n");
  EXPECT_EQ(Offers("drawbridgectl ls -o "), " table json \n");
  EXPECT_EQ(Offers("drawbridgectl ls --filter "), "  \n") << "a value that nobody can guess";
  EXPECT_EQ(Offers("drawbridgectl completion z"), " zsh \n");
  EXPECT_EQ(Offers("drawbridgectl token ci op"), " operator \n");
  EXPECT_THAT(Offers("drawbridgectl ls --t"), HasSubstr(" --token_file "));
}

TEST(CompletionTest, TheOtherShellsKnowTheSameWords) {
  const std::string zsh = Ctl("unused:1", {"completion", "zsh"}).out;
  EXPECT_EQ(zsh.find("#compdef drawbridgectl\n"), 0u);
  EXPECT_THAT(zsh, HasSubstr("--max_count"));
  const std::string fish = Ctl("unused:1", {"completion", "fish"}).out;
  EXPECT_THAT(fish, HasSubstr("complete -c drawbridgectl -n '__fish_seen_subcommand_from top' -l by -x -a "
                              "'rate rtt queue idle'"));
  EXPECT_THAT(fish, HasSubstr("complete -c drawbridgectl -n __fish_use_subcommand -a interrupt -d "));
}

}  // namespace
}  // namespace drawbridge
