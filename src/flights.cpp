#include "flights.h"

#include <utility>

namespace gencache::core {

Flights::Seat Flights::join(std::string_view name) {
  std::string key(name);
  const std::lock_guard lock(mutex_);
  auto &flight = flights_[key];
  const bool leads = flight == nullptr;
  if (leads) flight = std::make_shared<Flight>();
  return {*this, std::move(key), flight, leads};
}

Flights::Seat::Seat(Flights &flights, std::string name, std::shared_ptr<Flight> flight, bool leads)
    : flights_(&flights), name_(std::move(name)), flight_(std::move(flight)), leads_(leads) {}

Flights::Seat::Seat(Seat &&other) noexcept
    : flights_(other.flights_),
      name_(std::move(other.name_)),
      flight_(std::move(other.flight_)),
      leads_(std::exchange(other.leads_, false)) {}

Flights::Seat &Flights::Seat::operator=(Seat &&other) noexcept {
  if (this == &other) return *this;
  land({}, false);
  flights_ = other.flights_;
  name_ = std::move(other.name_);
  flight_ = std::move(other.flight_);
  leads_ = std::exchange(other.leads_, false);
  return *this;
}

bool Flights::Seat::wait(Deadline until) {
  std::unique_lock lock(flights_->mutex_);
  return flight_->landed.wait_until(lock, until, [this] { return flight_->is_over; });
}

// What a flight came to does not change once it is over, so it may be read without the lock.
const std::optional<Flights::Result> &Flights::Seat::result() const { return flight_->result; }

bool Flights::Seat::has_failed() const { return flight_->has_failed; }

void Flights::Seat::land(std::optional<Result> result, bool has_failed) {
  if (!std::exchange(leads_, false)) return;
  {
    const std::lock_guard lock(flights_->mutex_);
    flight_->is_over = true;
    flight_->has_failed = has_failed;
    flight_->result = std::move(result);
    flights_->flights_.erase(name_);
  }
  flight_->landed.notify_all();
}

}  // namespace gencache::core
