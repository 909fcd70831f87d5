// Invalidations that go with a database transaction: sent after its commit, dropped with its rollback.
//
// Invalidate before the commit, and others compute again from the old data; invalidate on a path that ends in a
// rollback, and values are lost for nothing. A batch does both right.
//
//   after_commit        on $GENCACHE_URL, or memory:// where that is not set
#include <sqlite3.h>

#include <gencache/gencache.hpp>
#include <iostream>
#include <memory>
#include <stdexcept>

using gencache::arg;

namespace {

// As much of SQLite as the example needs.
class Database {
 public:
  Database() { check(sqlite3_open(":memory:", &handle_)); }
  Database(const Database &) = delete;
  Database &operator=(const Database &) = delete;
  ~Database() { sqlite3_close(handle_); }

  void roll_back() noexcept { sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr); }
  void run(const char *sql) { check(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr)); }
  void rename(int id, const std::string &name) {
    with("UPDATE user SET name = ?2 WHERE id = ?1", id, [&](sqlite3_stmt *statement) {
      check(sqlite3_bind_text(statement, 2, name.c_str(), -1, SQLITE_TRANSIENT));
      if (sqlite3_step(statement) != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(handle_));
    });
  }
  std::string name(int id) {
    std::string name;
    with("SELECT name FROM user WHERE id = ?1", id, [&](sqlite3_stmt *statement) {
      if (sqlite3_step(statement) != SQLITE_ROW) throw std::runtime_error("there is no such user");
      name = reinterpret_cast<const char *>(sqlite3_column_text(statement, 0));
    });
    return name;
  }

 private:
  void check(int result) const {
    if (result != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(handle_));
  }
  template <class Use>
  void with(const char *sql, int id, Use use) {
    sqlite3_stmt *prepared = nullptr;
    check(sqlite3_prepare_v2(handle_, sql, -1, &prepared, nullptr));
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt *)> statement(prepared, sqlite3_finalize);
    check(sqlite3_bind_int(prepared, 1, id));
    use(prepared);
  }

  sqlite3 *handle_ = nullptr;
};

// A transaction with the invalidations that belong to it. What is not committed is rolled back, and they are dropped.
class Transaction {
 public:
  Transaction(Database &database, const gencache::Cache &cache) : database_(database), invalidations_(cache) {
    database_.run("BEGIN IMMEDIATE");
  }
  Transaction(const Transaction &) = delete;
  Transaction &operator=(const Transaction &) = delete;
  ~Transaction() {
    if (is_open_) database_.roll_back();
  }

  void rename(int id, const std::string &name) {
    database_.rename(id, name);
    invalidations_.invalidate("user:id", {arg("id", id)});
  }
  void commit() {
    database_.run("COMMIT");
    is_open_ = false;
    invalidations_.commit();
  }

 private:
  Database &database_;
  gencache::Batch invalidations_;
  bool is_open_ = true;
};

class Users {
 public:
  Users(Database &database, const gencache::Cache &cache) : database_(database), cache_(cache) {}

  void show(int id) {
    bool is_computed = false;
    const std::string name = cache_.fetch("user:id", {arg("id", id)}, [&] {
      is_computed = true;
      return database_.name(id);
    });
    std::cout << "  user " << id << " is " << name << (is_computed ? ", from the database\n" : ", from the cache\n");
  }

 private:
  Database &database_;
  const gencache::Cache &cache_;
};

void story(Database &database, const gencache::Cache &cache) {
  Users users(database, cache);
  users.show(1);
  users.show(1);

  std::cout << "A transaction renames user 1, and commits:\n";
  {
    Transaction transaction(database, cache);
    transaction.rename(1, "Grace");
    transaction.commit();
  }
  users.show(1);
  users.show(1);

  std::cout << "A transaction renames both, and fails:\n";
  try {
    Transaction transaction(database, cache);
    transaction.rename(1, "Barbara");
    transaction.rename(2, "Barbara");
    transaction.commit();
  } catch (const std::runtime_error &error) {
    std::cout << "  " << error.what() << "\n";
  }
  users.show(1);
}

}  // namespace

int main() try {
  Database database;
  database.run("CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT UNIQUE)");
  database.run("INSERT INTO user VALUES (1, 'Ada'), (2, 'Edith')");
  const gencache::Cache cache;
  cache.invalidate("user:id", {arg("id", 1)});  // what an earlier run has left
  story(database, cache);
  return 0;
} catch (const std::exception &error) {
  std::cerr << "after_commit: " << error.what() << "\n";
  return 1;
}
