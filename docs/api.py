#!/usr/bin/python3
"""Prints docs/api.md: the services of proto/ with the comments of their .proto files. `./dev docs` writes it.

Needs Debian's packages protobuf-compiler and python3-protobuf."""

import pathlib
import subprocess
import tempfile

from google.protobuf import descriptor_pb2 as pb

PROTO = pathlib.Path(__file__).resolve().parent.parent / "proto"
FILES = ["drawbridge/control/v1/control.proto", "drawbridge/control/v1/node.proto",
         "drawbridge/backend/v1/backend.proto"]

# The numbers of fields in descriptor.proto, of which the paths to comments consist.
MESSAGES, ENUMS, SERVICES, SYNTAX = 4, 5, 6, 12
FIELDS, NESTED, ENUM_VALUES, METHODS, ONEOFS = 2, 3, 2, 2, 8

SCALARS = {value: name[5:].lower() for name, value in pb.FieldDescriptorProto.Type.items()}


def descriptors():
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(["protoc", f"--proto_path={PROTO}", "--include_source_info", f"--descriptor_set_out={out.name}",
                        *FILES], check=True)
        return pb.FileDescriptorSet.FromString(out.read()).file


def plain(comment):
    return " ".join(comment.split())


def cell(text):
    return text.replace("|", "\\|")


class Page:
    """One .proto file."""

    def __init__(self, file):
        self.file = file
        self.comments = {tuple(place.path): plain(place.leading_comments + " " + place.trailing_comments)
                         for place in file.source_code_info.location}

    def comment(self, *path):
        return self.comments.get(path, "")

    def write(self):
        print(f"\n## {self.file.package}: {pathlib.Path(self.file.name).name}\n\n{self.comment(SYNTAX)}")
        for i, service in enumerate(self.file.service):
            self.write_service(service, (SERVICES, i))
        for i, message in enumerate(self.file.message_type):
            self.write_message(message, (MESSAGES, i))
        for i, enum in enumerate(self.file.enum_type):
            self.write_enum(enum, (ENUMS, i))

    def write_service(self, service, path):
        print(f"\n### {service.name}\n\n{self.comment(*path)}")
        for i, method in enumerate(service.method):
            takes = self.streamed(method.client_streaming, method.input_type)
            gives = self.streamed(method.server_streaming, method.output_type)
            print(f"\n#### {method.name}\n\nTakes {takes}, returns {gives}.")
            if comment := self.comment(*path, METHODS, i):
                print(f"\n{comment}")

    def write_message(self, message, path):
        self.write_heading(message.name)
        if comment := self.comment(*path):
            print(comment + "\n")
        if not message.field:
            print("It has no fields.")
            return
        print("| number | field | type | |\n|---|---|---|---|")
        for i, field in enumerate(message.field):
            text = self.comment(*path, FIELDS, i)
            if field.HasField("oneof_index"):
                text = f"One of {message.oneof_decl[field.oneof_index].name}. {text}".strip()
            print(f"| {field.number} | `{field.name}` | {self.type(message, field)} | {cell(text)} |".replace("|  |", "| |"))

    def write_enum(self, enum, path):
        self.write_heading(enum.name)
        if comment := self.comment(*path):
            print(comment + "\n")
        print("| number | value | |\n|---|---|---|")
        for i, value in enumerate(enum.value):
            print(f"| {value.number} | `{value.name}` | {cell(self.comment(*path, ENUM_VALUES, i))} |".replace("|  |", "| |"))

    def write_heading(self, name):
        # Of the full name, since more than one package has a Close.
        print(f'\n<a id="{self.file.package}.{name}"></a>\n\n### {name}\n')

    def streamed(self, streams, name):
        return ("a stream of " if streams else "") + self.link(name)

    def type(self, message, field):
        for nested in message.nested_type:
            if nested.options.map_entry and field.type_name.endswith(f".{message.name}.{nested.name}"):
                return f"map of {self.type(nested, nested.field[0])} to {self.type(nested, nested.field[1])}"
        name = self.link(field.type_name) if field.type_name else SCALARS[field.type]
        return ("repeated " if field.label == pb.FieldDescriptorProto.LABEL_REPEATED else "") + name

    def link(self, name):
        """A type of this file as a link to it; another's by its full name."""
        name = name.lstrip(".")
        short = name.rsplit(".", 1)[-1]
        own = {message.name for message in self.file.message_type} | {enum.name for enum in self.file.enum_type}
        return f"[{short}](#{name})" if name == f"{self.file.package}.{short}" and short in own else name


print("""# The API

Made from the comments of the files under [proto](../proto) by `./dev docs`. [filter.md](filter.md) is the language of
`filter`, [watch.md](watch.md) says what a watch promises, and the limits of the control API.

Fields have the names of the .proto files here. In JSON (grpcurl, buf curl) and in JavaScript (grpc-js, connect) they are in
lowerCamelCase: `dryRun` is `dry_run`, `connectionId` is `connection_id`. JSON tools take both in requests and refuse a field
that they do not know. **The libraries of JavaScript drop it without an error**: `{filter: '*', dry_run: true}` is `{filter: '*'}`
for the gateway. Write `{filter: '*', dryRun: true}`.""")
for each in descriptors():
    Page(each).write()
