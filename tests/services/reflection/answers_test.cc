// What reflection answers for files that the test builds: with nested types, imports and extensions.
#include "services/reflection/answers.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/text_format.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace drawbridge {
namespace {

namespace pb = google::protobuf;
namespace v1 = grpc::reflection::v1;
using ::testing::ElementsAre;

constexpr const char* kFiles[] = {
    R"(name: "base.proto" package: "test" syntax: "proto2"
       message_type { name: "Base" extension_range { start: 100 end: 200 } })",
    R"(name: "middle.proto" package: "test" syntax: "proto2" dependency: "base.proto"
       extension { name: "nick_name" number: 101 label: LABEL_OPTIONAL type: TYPE_STRING extendee: ".test.Base" }
       message_type { name: "Plain" })",
    R"(name: "top.proto" package: "test.v1" syntax: "proto2" dependency: "middle.proto" dependency: "base.proto"
       message_type {
         name: "Outer"
         field { name: "inner_value" number: 1 label: LABEL_OPTIONAL type: TYPE_STRING oneof_index: 0 }
         oneof_decl { name: "choice" }
         nested_type { name: "Inner" field { name: "deep_field" number: 1 label: LABEL_OPTIONAL type: TYPE_BOOL } }
         enum_type { name: "Colour" value { name: "RED" number: 0 } }
         extension { name: "more" number: 150 label: LABEL_OPTIONAL type: TYPE_INT32 extendee: ".test.Base" }
       }
       enum_type { name: "Size" value { name: "BIG" number: 0 } }
       service { name: "Greeter" method { name: "Greet" input_type: ".test.v1.Outer" output_type: ".test.Base" } })",
    R"(name: "other.proto" package: "test" syntax: "proto3" message_type { name: "Other" })",
    R"(name: "hidden.proto" package: "test" syntax: "proto3" message_type { name: "Hidden" })"};

const pb::DescriptorPool& Pool() {
  static const pb::DescriptorPool* const kPool = [] {
    auto* pool = new pb::DescriptorPool;
    for (const char* text : kFiles) {
      pb::FileDescriptorProto file;
      if (!pb::TextFormat::ParseFromString(text, &file) || pool->BuildFile(file) == nullptr)
        throw std::invalid_argument(text);
    }
    return pool;
  }();
  return *kPool;
}

class AnswersTest : public ::testing::Test {
 protected:
  v1::ServerReflectionResponse File(const std::string& name) {
    v1::ServerReflectionRequest request;
    request.set_file_by_filename(name);
    return answers_.Answer(request);
  }
  v1::ServerReflectionResponse Symbol(const std::string& name) {
    v1::ServerReflectionRequest request;
    request.set_file_containing_symbol(name);
    return answers_.Answer(request);
  }
  v1::ServerReflectionResponse Extension(const std::string& type, int number) {
    v1::ServerReflectionRequest request;
    request.mutable_file_containing_extension()->set_containing_type(type);
    request.mutable_file_containing_extension()->set_extension_number(number);
    return answers_.Answer(request);
  }
  v1::ServerReflectionResponse Numbers(const std::string& type) {
    v1::ServerReflectionRequest request;
    request.set_all_extension_numbers_of_type(type);
    return answers_.Answer(request);
  }
  // The names of the files in order. For an error, its code.
  static std::vector<std::string> Files(const v1::ServerReflectionResponse& response) {
    if (response.has_error_response()) return {std::to_string(response.error_response().error_code())};
    std::vector<std::string> names;
    for (const std::string& bytes : response.file_descriptor_response().file_descriptor_proto()) {
      pb::FileDescriptorProto file;
      EXPECT_TRUE(file.ParseFromString(bytes));
      names.push_back(file.name());
    }
    return names;
  }

  const Descriptors descriptors_{{"test.v1.Greeter"}, {Pool().FindFileByName("other.proto")}, Pool()};
  ReflectionAnswers answers_{&descriptors_};
};

TEST_F(AnswersTest, AFileComesWithWhatItImports) {
  EXPECT_THAT(Files(File("top.proto")), ElementsAre("top.proto", "middle.proto", "base.proto"));
  EXPECT_THAT(Files(File("other.proto")), ElementsAre("other.proto"));
}

TEST_F(AnswersTest, AnImportIsSentOnceOnAStreamAndWhatIsAskedForEachTime) {
  EXPECT_THAT(Files(File("middle.proto")), ElementsAre("middle.proto", "base.proto"));
  EXPECT_THAT(Files(File("top.proto")), ElementsAre("top.proto"));
  EXPECT_THAT(Files(File("top.proto")), ElementsAre("top.proto"));
  EXPECT_THAT(Files(File("base.proto")), ElementsAre("base.proto"));
  ReflectionAnswers another(&descriptors_);
  v1::ServerReflectionRequest request;
  request.set_file_by_filename("top.proto");
  EXPECT_EQ(Files(another.Answer(request)).size(), 3U);
}

TEST_F(AnswersTest, EverySymbolIsFound) {
  for (const std::string symbol :
       {"test.v1.Greeter", "test.v1.Greeter.Greet", "test.v1.Outer", "test.v1.Outer.inner_value",
        "test.v1.Outer.choice", "test.v1.Outer.Inner", "test.v1.Outer.Inner.deep_field",
        "test.v1.Outer.Colour", "test.v1.Outer.RED", "test.v1.Outer.more", "test.v1.Size", "test.v1.BIG"}) {
    EXPECT_EQ(Files(Symbol(symbol)).front(), "top.proto") << symbol;
  }
  EXPECT_EQ(Files(Symbol("test.nick_name")).front(), "middle.proto");
  EXPECT_EQ(Files(Symbol("test.Other")).front(), "other.proto");
}

TEST_F(AnswersTest, WhatIsNotKnownIsAnErrorThatNamesIt) {
  for (const std::string symbol : {"", "test", "test.v1", "test.v1.Greeter.", ".test.v1.Greeter",
                                   "test.v1.Outer.x", "test.Hidden", "TEST.V1.GREETER"}) {
    const auto response = Symbol(symbol);
    EXPECT_THAT(Files(response), ElementsAre("5")) << symbol;
    EXPECT_EQ(response.error_response().error_message(), "no symbol \"" + symbol + "\" on this server");
    EXPECT_EQ(response.original_request().file_containing_symbol(), symbol);
  }
  EXPECT_THAT(Files(File("hidden.proto")), ElementsAre("5")) << "not of a service";
  EXPECT_THAT(Files(File("")), ElementsAre("5"));
  EXPECT_THAT(Files(answers_.Answer({})), ElementsAre("3")) << "nothing is asked";
}

TEST_F(AnswersTest, ExtensionsByNumberAndAllOfAMessage) {
  EXPECT_EQ(Files(Extension("test.Base", 101)).front(), "middle.proto");
  EXPECT_EQ(Files(Extension("test.Base", 150)).front(), "top.proto");
  EXPECT_THAT(Files(Extension("test.Base", 102)), ElementsAre("5"));
  EXPECT_THAT(Files(Extension("test.Nothing", 101)), ElementsAre("5"));
  EXPECT_THAT(Files(Extension("test.Base", -1)), ElementsAre("5"));

  const auto all = Numbers("test.Base");
  EXPECT_EQ(all.all_extension_numbers_response().base_type_name(), "test.Base");
  EXPECT_THAT(all.all_extension_numbers_response().extension_number(), ElementsAre(101, 150));
  EXPECT_TRUE(Numbers("test.Plain").has_all_extension_numbers_response()) << "none";
  EXPECT_THAT(Files(Numbers("test.Nothing")), ElementsAre("5"));
}

TEST_F(AnswersTest, FieldsHaveTheirJsonNames) {
  pb::FileDescriptorProto file;
  ASSERT_TRUE(
      file.ParseFromString(Symbol("test.v1.Outer").file_descriptor_response().file_descriptor_proto(0)));
  EXPECT_EQ(file.message_type(0).field(0).json_name(), "innerValue");
  EXPECT_EQ(file.message_type(0).nested_type(0).field(0).json_name(), "deepField");
}

TEST_F(AnswersTest, ServicesAreListedInOrderAndTheRequestIsRepeated) {
  v1::ServerReflectionRequest request;
  request.set_host("example.com");
  request.set_list_services("*");
  const auto response = answers_.Answer(request);
  ASSERT_EQ(response.list_services_response().service_size(), 1);
  EXPECT_EQ(response.list_services_response().service(0).name(), "test.v1.Greeter");
  EXPECT_EQ(response.valid_host(), "example.com");
  EXPECT_EQ(response.original_request().list_services(), "*");
}

TEST_F(AnswersTest, AServiceWithoutADescriptorIsRefusedAtTheStart) {
  EXPECT_THROW(Descriptors({"test.v1.NoSuch"}, {}, Pool()), std::invalid_argument);
}

}  // namespace
}  // namespace drawbridge
