#pragma once
// An optional value that is kept elsewhere: a pointer's size while there is none, for what has many optional
// parts and mostly few of them.
#include <memory>
#include <utility>

namespace runbookd {

/// A value of its own: copied deep, and empty after it was moved from.
template <class T>
class Boxed {
public:
    Boxed() = default;
    Boxed(T value) : value_(std::make_unique<T>(std::move(value))) {}
    Boxed(const Boxed& other) : value_(other ? std::make_unique<T>(*other) : nullptr) {}
    Boxed(Boxed&&) noexcept = default;
    Boxed& operator=(const Boxed& other) {
        value_ = other ? std::make_unique<T>(*other) : nullptr;
        return *this;
    }
    Boxed& operator=(Boxed&&) noexcept = default;
    ~Boxed() = default;

    [[nodiscard]] explicit operator bool() const { return value_ != nullptr; }
    [[nodiscard]] const T& operator*() const { return *value_; }
    [[nodiscard]] T& operator*() { return *value_; }
    [[nodiscard]] const T* operator->() const { return value_.get(); }
    [[nodiscard]] T* operator->() { return value_.get(); }
    friend bool operator==(const Boxed& a, const T& b) { return a && *a == b; }

private:
    std::unique_ptr<T> value_;
};

}  // namespace runbookd
