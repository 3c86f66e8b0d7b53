// One-line error messages for an invalid command line.
#ifndef DRAWBRIDGE_TOOLS_CTL_USAGE_H_
#define DRAWBRIDGE_TOOLS_CTL_USAGE_H_

#include <CLI/App.hpp>
#include <string>

namespace drawbridge::ctl {

// `error` is what `app` threw while parsing. An unknown word is reported before any other error.
std::string UsageError(const CLI::App& app, const CLI::Error& error);

// Returns `complaint`, which may begin with a flag such as "--address". If the value is from the flag's
// environment variable and not from the command line, the flag is replaced by the name of the variable.
std::string Blame(const CLI::App& app, int argc, const char* const* argv, const std::string& complaint);

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_USAGE_H_
