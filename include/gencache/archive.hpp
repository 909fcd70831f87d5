/**
 * @file archive.hpp
 * @brief cereal archives over a bounded piece of memory.
 *
 * cereal's stock archives trust length prefixes and write through iostreams. These write into a string and read
 * from a span: little-endian, IEEE 754, sizes as 64 bits, and every size is checked against the bytes that are
 * left before anything is allocated. Short or senseless input throws cereal::Exception.
 *
 * A container is refused where it announces more elements than bytes are left, so elements that take no byte at
 * all cannot be counted.
 */
#ifndef GENCACHE_ARCHIVE_HPP
#define GENCACHE_ARCHIVE_HPP

#include <bit>
#include <cereal/cereal.hpp>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace gencache {

/// @cond INTERNAL
namespace detail {
template <class T>
T little_endian(T value) {
  if constexpr (std::endian::native == std::endian::big && sizeof(T) > 1) {
    char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    for (std::size_t i = 0; i < sizeof(T) / 2; ++i) std::swap(bytes[i], bytes[sizeof(T) - 1 - i]);
    std::memcpy(&value, bytes, sizeof(T));
  }
  return value;
}

// A type has to be written alike everywhere: long double is not, and wide types have no agreed size.
template <class T>
concept Portable = std::is_arithmetic_v<T> && !std::is_same_v<std::remove_cv_t<T>, long double> &&
                   !std::is_same_v<std::remove_cv_t<T>, wchar_t>;
}  // namespace detail
/// @endcond

/** Appends what is saved to a string. Not thread-safe. @since 0.1 */
class BoundedOutput : public cereal::OutputArchive<BoundedOutput, cereal::AllowEmptyClassElision> {
 public:
  /** Appends to @p out, which must outlive the archive. */
  explicit BoundedOutput(std::string &out) : OutputArchive(this), out_(out) {}

  /** Appends @p size bytes at @p data as they are. */
  void append(const void *data, std::size_t size) { out_.append(static_cast<const char *>(data), size); }

 private:
  std::string &out_;
};

/** Loads from a piece of memory that must outlive the archive and what take() returns. Not thread-safe. @since 0.1 */
class BoundedInput : public cereal::InputArchive<BoundedInput, cereal::AllowEmptyClassElision> {
 public:
  /** Reads @p input from its start. */
  explicit BoundedInput(std::string_view input) : InputArchive(this), left_(input) {}

  /** @return The bytes not yet read. */
  std::string_view left() const { return left_; }

  /** @return The next @p size bytes, which are then read. @throws cereal::Exception if there are fewer. */
  std::string_view take(std::size_t size) {
    if (size > left_.size()) throw cereal::Exception("gencache: the input is too short");
    const char *const start = left_.data();
    left_ = {start + size, left_.size() - size};
    return {start, size};
  }

 private:
  std::string_view left_;
};

/// @cond INTERNAL
template <detail::Portable T>
void CEREAL_SAVE_FUNCTION_NAME(BoundedOutput &archive, const T &value) {
  if constexpr (std::is_same_v<T, bool>) {
    const std::uint8_t byte = value ? 1 : 0;
    archive.append(&byte, 1);
  } else {
    const T little = detail::little_endian(value);
    archive.append(&little, sizeof little);
  }
}

template <detail::Portable T>
void CEREAL_LOAD_FUNCTION_NAME(BoundedInput &archive, T &value) {
  const std::string_view bytes = archive.take(sizeof(T));
  if constexpr (std::is_same_v<T, bool>) {
    if (static_cast<unsigned char>(bytes[0]) > 1) throw cereal::Exception("gencache: not a boolean");
    value = bytes[0] == 1;
  } else {
    std::memcpy(&value, bytes.data(), sizeof(T));
    value = detail::little_endian(value);
  }
}

template <class T>
void CEREAL_SERIALIZE_FUNCTION_NAME(BoundedOutput &archive, cereal::NameValuePair<T> &pair) {
  archive(pair.value);
}
template <class T>
void CEREAL_SERIALIZE_FUNCTION_NAME(BoundedInput &archive, cereal::NameValuePair<T> &pair) {
  archive(pair.value);
}

template <class T>
void CEREAL_SAVE_FUNCTION_NAME(BoundedOutput &archive, const cereal::SizeTag<T> &tag) {
  archive(static_cast<std::uint64_t>(tag.size));
}
template <class T>
void CEREAL_LOAD_FUNCTION_NAME(BoundedInput &archive, cereal::SizeTag<T> &tag) {
  std::uint64_t size = 0;
  archive(size);
  if (size > archive.left().size()) throw cereal::Exception("gencache: a size is larger than what is left");
  tag.size = static_cast<std::remove_reference_t<decltype(tag.size)>>(size);
}

// cereal hands over contiguous arrays of arithmetic values whole; they are written element by element only where
// the byte order asks for it.
template <class T>
void CEREAL_SAVE_FUNCTION_NAME(BoundedOutput &archive, const cereal::BinaryData<T> &data) {
  using Element = std::remove_cv_t<std::remove_pointer_t<std::remove_reference_t<T>>>;
  if constexpr (std::endian::native == std::endian::big && !std::is_void_v<Element> && sizeof(Element) > 1) {
    for (std::size_t i = 0; i < data.size / sizeof(Element); ++i) archive(data.data[i]);
  } else {
    archive.append(data.data, static_cast<std::size_t>(data.size));
  }
}
template <class T>
void CEREAL_LOAD_FUNCTION_NAME(BoundedInput &archive, cereal::BinaryData<T> &data) {
  using Element = std::remove_cv_t<std::remove_pointer_t<std::remove_reference_t<T>>>;
  if constexpr (std::endian::native == std::endian::big && !std::is_void_v<Element> && sizeof(Element) > 1) {
    for (std::size_t i = 0; i < data.size / sizeof(Element); ++i) archive(data.data[i]);
  } else if (data.size > 0) {
    const std::string_view bytes = archive.take(static_cast<std::size_t>(data.size));
    std::memcpy(data.data, bytes.data(), bytes.size());
  }
}
/// @endcond

}  // namespace gencache

CEREAL_REGISTER_ARCHIVE(gencache::BoundedOutput)
CEREAL_REGISTER_ARCHIVE(gencache::BoundedInput)
CEREAL_SETUP_ARCHIVE_TRAITS(gencache::BoundedInput, gencache::BoundedOutput)

#endif
