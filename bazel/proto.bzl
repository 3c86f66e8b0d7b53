"""C++ libraries from .proto files, by Debian's protoc."""

def cc_proto(name, srcs, deps = [], grpc = True, visibility = None):
    """Generates one C++ library, included as the .proto file is imported.

    Args:
      name: of the library.
      srcs: .proto files of this package, at the paths by which they are imported.
      deps: the cc_proto libraries whose files these import, but for google/protobuf.
      grpc: whether to generate the services as well.
      visibility: as everywhere.
    """
    stems = [src[:-len(".proto")] for src in srcs]
    suffixes = [".pb"] + ([".grpc.pb"] if grpc else [])
    headers = [stem + suffix + ".h" for stem in stems for suffix in suffixes]
    sources = [stem + suffix + ".cc" for stem in stems for suffix in suffixes]
    package = native.package_name()
    plugin = "--plugin=protoc-gen-grpc=$$(which grpc_cpp_plugin) --grpc_out=$(RULEDIR) " if grpc else ""

    native.genrule(
        name = name + "_generated",
        # Every .proto file is an input: that is simpler than following the imports.
        srcs = native.glob(["**/*.proto"]),
        outs = headers + sources,
        cmd = "protoc -I{package} --cpp_out=$(RULEDIR) {plugin}{protos}".format(
            package = package,
            plugin = plugin,
            protos = " ".join([package + "/" + src for src in srcs]),
        ),
        message = "Generating",
        visibility = ["//visibility:private"],
    )

    native.cc_library(
        name = name,
        srcs = sources,
        hdrs = headers,
        copts = ["-w"],  # not our code
        includes = ["."],
        visibility = visibility,
        deps = deps + ["@protobuf//:protobuf"] + (["@grpc//:grpc++"] if grpc else []),
        # Server reflection finds a file by name, and only if it was linked.
        alwayslink = True,
    )
