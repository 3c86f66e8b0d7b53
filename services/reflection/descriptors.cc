#include "services/reflection/descriptors.h"

#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace drawbridge {
namespace {

namespace pb = google::protobuf;

// CopyTo leaves out the json_name of fields, so it is copied separately.
std::string Serialize(const pb::FileDescriptor& file) {
  pb::FileDescriptorProto proto;
  file.CopyTo(&proto);
  file.CopyJsonNameTo(&proto);
  return proto.SerializeAsString();
}

std::optional<size_t> Find(const absl::flat_hash_map<std::string, size_t>& map, const std::string& key) {
  const auto found = map.find(key);
  return found == map.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

Descriptors::Descriptors(const std::vector<std::string>& services,
                         const std::vector<const pb::FileDescriptor*>& others, const pb::DescriptorPool& pool)
    : services_(services) {
  std::ranges::sort(services_);
  for (const std::string& name : services_) {
    const pb::ServiceDescriptor* const service = pool.FindServiceByName(name);
    if (service == nullptr) throw std::invalid_argument("the service " + name + " has no descriptor");
    Add(*service->file());
  }
  for (const pb::FileDescriptor* const file : others) Add(*file);
}

// Adds the imports first. Imports cannot be cyclic.
size_t Descriptors::Add(const pb::FileDescriptor& file) {
  if (const auto known = Named(file.name()); known.has_value()) return *known;
  std::vector<size_t> imports;
  imports.reserve(static_cast<size_t>(file.dependency_count()));
  for (int i = 0; i < file.dependency_count(); ++i) imports.push_back(Add(*file.dependency(i)));
  const size_t number = files_.size();
  files_.push_back({.name = file.name(), .bytes = Serialize(file), .imports = std::move(imports)});
  by_name_.emplace(file.name(), number);
  for (int i = 0; i < file.message_type_count(); ++i) Index(*file.message_type(i), number);
  for (int i = 0; i < file.enum_type_count(); ++i) Index(*file.enum_type(i), number);
  for (int i = 0; i < file.service_count(); ++i) Index(*file.service(i), number);
  for (int i = 0; i < file.extension_count(); ++i) IndexExtension(*file.extension(i), number);
  return number;
}

void Descriptors::Index(const pb::Descriptor& message, size_t file) {
  by_symbol_.emplace(message.full_name(), file);
  extensions_[message.full_name()];
  for (int i = 0; i < message.field_count(); ++i) by_symbol_.emplace(message.field(i)->full_name(), file);
  for (int i = 0; i < message.oneof_decl_count(); ++i)
    by_symbol_.emplace(message.oneof_decl(i)->full_name(), file);
  for (int i = 0; i < message.nested_type_count(); ++i) Index(*message.nested_type(i), file);
  for (int i = 0; i < message.enum_type_count(); ++i) Index(*message.enum_type(i), file);
  for (int i = 0; i < message.extension_count(); ++i) IndexExtension(*message.extension(i), file);
}

void Descriptors::Index(const pb::EnumDescriptor& enumeration, size_t file) {
  by_symbol_.emplace(enumeration.full_name(), file);
  for (int i = 0; i < enumeration.value_count(); ++i)
    by_symbol_.emplace(enumeration.value(i)->full_name(), file);
}

void Descriptors::Index(const pb::ServiceDescriptor& service, size_t file) {
  by_symbol_.emplace(service.full_name(), file);
  for (int i = 0; i < service.method_count(); ++i) by_symbol_.emplace(service.method(i)->full_name(), file);
}

void Descriptors::IndexExtension(const pb::FieldDescriptor& extension, size_t file) {
  by_symbol_.emplace(extension.full_name(), file);
  extensions_[extension.containing_type()->full_name()].emplace(extension.number(), file);
}

std::optional<size_t> Descriptors::Named(const std::string& name) const { return Find(by_name_, name); }

std::optional<size_t> Descriptors::OfSymbol(const std::string& full_name) const {
  return Find(by_symbol_, full_name);
}

std::optional<size_t> Descriptors::OfExtension(const std::string& extended_message, int number) const {
  const auto message = extensions_.find(extended_message);
  if (message == extensions_.end()) return std::nullopt;
  const auto extension = message->second.find(number);
  return extension == message->second.end() ? std::nullopt : std::optional(extension->second);
}

std::optional<std::vector<int>> Descriptors::ExtensionNumbers(const std::string& message) const {
  const auto found = extensions_.find(message);
  if (found == extensions_.end()) return std::nullopt;
  std::vector<int> numbers;
  for (const auto& [number, file] : found->second) numbers.push_back(number);
  return numbers;
}

}  // namespace drawbridge
