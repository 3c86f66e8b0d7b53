// The .proto files of the services on the control port, indexed as reflection requests need them.
#ifndef DRAWBRIDGE_SERVICES_REFLECTION_DESCRIPTORS_H_
#define DRAWBRIDGE_SERVICES_REFLECTION_DESCRIPTORS_H_

#include <google/protobuf/descriptor.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace drawbridge {

// A fixed set of files, indexed once. Names from clients are not looked up in DescriptorPool, because it
// stores each unknown name for ever. Immutable, so thread-safe; nothing blocks.
class Descriptors {
 public:
  struct File {
    std::string name;
    std::string bytes;            // a serialized FileDescriptorProto, with the json_name of each field
    std::vector<size_t> imports;  // file numbers
  };

  // Holds the files of `services` (full names in `pool`), the files `others`, and all files that these
  // import. Throws std::invalid_argument if a service is not in the pool.
  Descriptors(
      const std::vector<std::string>& services,
      const std::vector<const google::protobuf::FileDescriptor*>& others,
      const google::protobuf::DescriptorPool& pool = *google::protobuf::DescriptorPool::generated_pool());

  // Full names, sorted.
  const std::vector<std::string>& services() const { return services_; }

  size_t size() const { return files_.size(); }
  const File& file(size_t number) const { return files_[number]; }

  // The number of the file with this name; nullopt if there is none.
  std::optional<size_t> Named(const std::string& name) const;
  // The file that defines the service, method, message, field, oneof, enum, enum value or extension.
  std::optional<size_t> OfSymbol(const std::string& full_name) const;
  std::optional<size_t> OfExtension(const std::string& extended_message, int number) const;

  // The numbers of the extensions of a message, sorted; nullopt if there is no such message.
  std::optional<std::vector<int>> ExtensionNumbers(const std::string& message) const;

 private:
  size_t Add(const google::protobuf::FileDescriptor& file);
  void Index(const google::protobuf::Descriptor& message, size_t file);
  void Index(const google::protobuf::EnumDescriptor& enumeration, size_t file);
  void Index(const google::protobuf::ServiceDescriptor& service, size_t file);
  void IndexExtension(const google::protobuf::FieldDescriptor& extension, size_t file);

  std::vector<std::string> services_;
  std::vector<File> files_;
  absl::flat_hash_map<std::string, size_t> by_name_;
  absl::flat_hash_map<std::string, size_t> by_symbol_;
  // For each message, also without extensions: the numbers of its extensions, each with its file.
  std::map<std::string, std::map<int, size_t>> extensions_;
};

}  // namespace drawbridge

#endif  // DRAWBRIDGE_SERVICES_REFLECTION_DESCRIPTORS_H_
