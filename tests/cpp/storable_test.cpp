// Which types can be cached: decided when a program is compiled.
#include "every_cache.h"

namespace gencache::cpp_test {

struct WithoutSerialize {};
struct HoldsOneWithout {
  WithoutSerialize inside;
};
struct WithoutDefault {
  explicit WithoutDefault(int id) : id_(id) {}
  template <class Archive>
  void serialize(Archive &archive) {
    archive(id_);
  }

 private:
  int id_;
};

static_assert(Storable<bool> && Storable<int> && Storable<std::uint64_t> && Storable<float> && Storable<double>);
static_assert(Storable<std::string> && Storable<Json> && Storable<std::nullptr_t> && Storable<std::vector<std::byte>>);
static_assert(Storable<User> && Storable<std::vector<User>> && Storable<std::map<std::string, User>>);
static_assert(Storable<std::optional<int>> && Storable<std::optional<User>> && Storable<std::pair<int, std::string>>);

static_assert(!Storable<WithoutSerialize> && !Storable<HoldsOneWithout> && !Storable<WithoutDefault>);
static_assert(!Storable<int *> && !Storable<const char *> && !Storable<int[3]> && !Storable<void>);
static_assert(!Storable<const int> && !Storable<int &> && !Storable<std::string_view>, "a value, not a view of one");
static_assert(!Storable<std::optional<std::optional<int>>>, "two kinds of nothing");
static_assert(!Storable<std::optional<std::nullptr_t>> && !Storable<long double>);

static_assert(std::same_as<detail::Kept<const char *>, std::string>);
static_assert(std::same_as<detail::Kept<std::string_view>, std::string>);
static_assert(std::same_as<detail::Kept<const User &>, User>);

template <class T>
concept CanBeRead = requires(const Cache &cache) {
  cache.get<T>("nav");
};
template <class F>
concept CanBeFetched = requires(const Cache &cache, F compute) {
  cache.fetch("nav", {}, compute);
};
static_assert(CanBeRead<User> && !CanBeRead<WithoutSerialize>);
static_assert(CanBeFetched<User (*)()> && CanBeFetched<const char *(*)()> && CanBeFetched<int (*)(Filling &)>);
static_assert(!CanBeFetched<WithoutSerialize (*)()> && !CanBeFetched<void (*)()> && !CanBeFetched<int (*)(int)>);

static_assert(!std::copy_constructible<Cache> && std::movable<Cache>);
static_assert(!std::copy_constructible<Bound> && std::movable<Bound>);
static_assert(!std::copy_constructible<Batch> && std::movable<Batch>);
static_assert(!std::copy_constructible<Entry<int>> && std::movable<Entry<int>>);

}  // namespace gencache::cpp_test
