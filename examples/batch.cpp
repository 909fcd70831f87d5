// Invalidations that wait for a transaction's commit. after_commit.cpp does the same with SQLite.
#include <array>
#include <gencache/gencache.hpp>
#include <iostream>
#include <stdexcept>

using gencache::arg;

namespace {

// The "database": a transaction works on a copy, which its commit puts in the place of the old one.
using Users = std::array<std::string, 2>;

// A transaction with the invalidations that belong to it. What is not committed is dropped with it.
class Transaction {
 public:
  Transaction(Users &users, const gencache::Cache &cache) : users_(users), changed_(users), invalidations_(cache) {}

  void rename(std::size_t id, const std::string &name) {
    invalidations_.invalidate("user:id", {arg("id", id)});  // sends nothing yet
    changed_.at(id) = name;
  }
  void commit() {
    users_ = changed_;
    invalidations_.commit();
  }

 private:
  Users &users_;
  Users changed_;
  gencache::Batch invalidations_;
};

void show(const Users &users, const gencache::Cache &cache, std::size_t id) {
  bool is_computed = false;
  const std::string name = cache.fetch("user:id", {arg("id", id)}, [&] {
    is_computed = true;
    return users.at(id);
  });
  std::cout << "user " << id << " is " << name << (is_computed ? ", computed\n" : ", remembered\n");
}

void tell(const gencache::Cache &cache) {
  Users users = {"nobody", "Ada"};
  cache.invalidate("user:id", {arg("id", 1)});  // what an earlier run has left
  show(users, cache, 1);
  show(users, cache, 1);

  std::cout << "A transaction renames user 1, and commits:\n";
  Transaction good(users, cache);
  good.rename(1, "Grace");
  good.commit();
  show(users, cache, 1);
  show(users, cache, 1);

  std::cout << "A transaction renames user 1, and fails:\n";
  try {
    Transaction bad(users, cache);
    bad.rename(1, "Barbara");
    bad.rename(7, "Edith");
    bad.commit();
  } catch (const std::out_of_range &) {  // there is no user 7
    show(users, cache, 1);
  }
}

}  // namespace

int main() try {
  tell(gencache::Cache());  // $GENCACHE_URL, or else memory://
  return 0;
} catch (const gencache::Error &error) {
  std::cerr << "batch: " << error.what() << "\n";
  return 1;
}
