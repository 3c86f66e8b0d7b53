"""clang-tidy as a build step: parallel, cached, with the flags of the real compilation.

    bazel build --config=tidy --action_env=CLANG_TIDY=PROGRAM //...
"""

load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

def _sources(attr):
    files = [file for src in getattr(attr, "srcs", []) for file in src.files.to_list()]
    return [file for file in files if file.is_source and file.extension == "cc"]

def _contexts(target, attr):
    # A cc_library has its own context. A binary or test has none, so the contexts of its deps are used.
    infos = [dep[CcInfo] for dep in [target] + getattr(attr, "deps", []) if CcInfo in dep]
    return cc_common.merge_cc_infos(cc_infos = infos).compilation_context

def _flags(ctx, context):
    toolchain = find_cpp_toolchain(ctx)
    features = cc_common.configure_features(ctx = ctx, cc_toolchain = toolchain)
    attr = ctx.rule.attr
    variables = cc_common.create_compile_variables(
        feature_configuration = features,
        cc_toolchain = toolchain,
        user_compile_flags = ctx.fragments.cpp.copts + ctx.fragments.cpp.cxxopts + attr.copts,
        include_directories = context.includes,
        quote_include_directories = context.quote_includes,
        system_include_directories = context.system_includes,
        preprocessor_defines = depset(attr.defines + attr.local_defines, transitive = [context.defines]),
    )
    return cc_common.get_memory_inefficient_command_line(
        feature_configuration = features,
        action_name = "c++-compile",
        variables = variables,
    )

def _check(ctx, source, headers, flags):
    done = ctx.actions.declare_file("{}.{}.tidy".format(ctx.rule.attr.name, source.basename))
    ctx.actions.run_shell(
        command = """
            config=$1 source=$2 done=$3; shift 3
            "${CLANG_TIDY:-clang-tidy}" --quiet --config-file="$config" "$source" -- "$@" >"$done" 2>&1 ||
              { grep -v 'warnings generated' "$done" | sed "s#$PWD/##"; exit 1; }
        """,
        arguments = [ctx.file._config.path, source.path, done.path] + flags,
        inputs = depset([source, ctx.file._config], transitive = [headers]),
        mnemonic = "ClangTidy",
        outputs = [done],
        progress_message = "Checking " + source.short_path,
        use_default_shell_env = True,
    )
    return done

def _clang_tidy_impl(target, ctx):
    sources = _sources(ctx.rule.attr)
    if target.label.workspace_name or not sources:
        return []
    context = _contexts(target, ctx.rule.attr)
    private = [file for src in ctx.rule.attr.srcs for file in src.files.to_list()]
    headers = depset(private, transitive = [context.headers])
    flags = _flags(ctx, context)
    return [OutputGroupInfo(tidy = [_check(ctx, source, headers, flags) for source in sources])]

clang_tidy = aspect(
    attrs = {
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
        "_config": attr.label(default = "//:.clang-tidy", allow_single_file = True),
    },
    fragments = ["cpp"],
    implementation = _clang_tidy_impl,
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)
