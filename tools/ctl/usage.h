// What is wrong with a command line, in one line.
#ifndef DRAWBRIDGE_TOOLS_CTL_USAGE_H_
#define DRAWBRIDGE_TOOLS_CTL_USAGE_H_

#include <CLI/App.hpp>
#include <string>

namespace drawbridge::ctl {

// `app` has thrown `error` while it parsed. A word that it does not know comes before all else that is wrong.
std::string UsageError(const CLI::App& app, const CLI::Error& error);

// `complaint`, which may begin with a flag such as "--address". Where the value is not from the command line
// but from the flag's environment variable, it begins with the name of that.
std::string Blame(const CLI::App& app, int argc, const char* const* argv, const std::string& complaint);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_USAGE_H_
