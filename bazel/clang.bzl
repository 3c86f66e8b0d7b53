"""A second C++ toolchain, on clang, next to Bazel's default one."""

load("@bazel_tools//tools/cpp:lib_cc_configure.bzl", "get_cpu_value")
load("@bazel_tools//tools/cpp:unix_cc_configure.bzl", "configure_unix_toolchain")

def _clang_toolchain_impl(ctx):
    clang = ctx.which("clang")
    if not clang:
        fail("\n\nThe program clang is missing. Install it: apt-get install clang\n")
    configure_unix_toolchain(ctx, get_cpu_value(ctx), {"gcc": str(clang)})

clang_toolchain = repository_rule(
    doc = "Configures :toolchain like Bazel's default toolchain, but with clang.",
    implementation = _clang_toolchain_impl,
    configure = True,
    environ = ["PATH"],
    local = True,
)
