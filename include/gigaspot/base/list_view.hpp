// gigaspot: views of lists that somebody else keeps. Layer: base.
#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <type_traits>

#include <gigaspot/base/config.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

// <span> has what is used of <iterator>, without 9,000 lines of streams.

template <class T>
class ListView;

namespace detail {

/// What has its items of type `T` in one piece: an array, a span, a vector, a `FixedVector`.
template <class List, class T>
concept ListOf = !std::same_as<std::remove_cvref_t<List>, ListView<T>> && requires(List & list) {
    { std::size(list) } -> std::convertible_to<std::size_t>;
    requires std::is_convertible_v < std::remove_pointer_t<decltype(std::data(list))>(*)
    [], const T(*)[] > ;
};

/// Whether the items outlive the expression that names the list.
template <class List>
inline constexpr bool has_lasting_items =
    std::is_lvalue_reference_v<List> ||
    std::ranges::enable_borrowed_range<std::remove_cvref_t<List>>;

}  // namespace detail

/// A list that the callee reads during a call and does not keep. It is a span, made from a variable
/// that has its items in one piece, or from another span. A temporary that owns its items does not
/// compile, since it would end before it is read.
template <class T>
class ListView : public std::span<const T> {
public:
    constexpr ListView() noexcept = default;
    /// Deleted, because braces would make a list that ends before it is read.
    ListView(std::initializer_list<T> this_list_ends_before_it_is_read) = delete;
    // clang-tidy 14 does not see that the concept leaves the copy constructor alone.
    /// Views the items of a list: an array, a vector, a span or a `FixedVector`. The list must
    /// outlive the view.
    template <detail::ListOf<T> List>
    // NOLINTNEXTLINE(bugprone-forwarding-reference-overload)
    constexpr ListView(List&& list) : std::span<const T>{std::data(list), std::size(list)} {
        static_assert(detail::has_lasting_items<List>,
                      "this list ends before it is read: keep it in a variable of its own");
    }

    /// Returns a view of the first `count` items. There must be this many.
    [[nodiscard]] constexpr ListView first(std::size_t count) const {
        return std::span<const T>::first(count);
    }
};

namespace detail {

#if GIGASPOT_CHECKED

/// How many commands an engine has taken. A copy has lent no list; an engine that is moved from, or
/// assigned to, takes its lists back, as with a command.
class Lender {
public:
    Lender() = default;
    Lender(const Lender&) {}
    Lender(Lender&& other) noexcept { ++other.commands; }
    Lender& operator=(const Lender&) {
        ++commands;
        return *this;
    }
    Lender& operator=(Lender&& other) noexcept {
        ++commands;
        ++other.commands;
        return *this;
    }
    ~Lender() = default;

    std::uint64_t commands = 0;
    std::uint64_t visits = 0;  ///< visits that have begun and not ended
    bool is_in_use = false;    ///< it is calling a function of its user
};
struct Loan {
    const Lender* lender = nullptr;  ///< null: nobody takes the list back
    std::uint64_t commands = 0;      ///< its lender's when the list was lent
};

[[nodiscard]] inline Loan loan_of(const Lender& lender) { return {&lender, lender.commands}; }
inline void take_back(Lender& lender) {
    if (lender.visits != 0)
        assertion_failed("a visitor does not change the engine", __FILE__, __LINE__);
    ++lender.commands;
}
inline void begin_visit(Lender& lender) { ++lender.visits; }
inline void end_visit(Lender& lender) { --lender.visits; }
inline void begin_use(Lender& lender) {
    if (lender.is_in_use)
        assertion_failed("a function that an engine calls does not use it", __FILE__, __LINE__);
    lender.is_in_use = true;
}
inline void end_use(Lender& lender) { lender.is_in_use = false; }
constexpr void check_lent(const Loan& loan) {
    if (loan.lender != nullptr && loan.lender->commands != loan.commands)
        assertion_failed("events and reasons are read before the engine's next command", __FILE__,
                         __LINE__);
}

#else

struct Lender {};
struct Loan {};

[[nodiscard]] constexpr Loan loan_of(Lender) { return {}; }
constexpr void take_back(Lender) {}
constexpr void begin_visit(Lender) {}
constexpr void end_visit(Lender) {}
constexpr void begin_use(Lender) {}
constexpr void end_use(Lender) {}
constexpr void check_lent(Loan) {}

#endif

/// The time in which an engine may call a function of its user.
class LenderInUse {
public:
    explicit LenderInUse(Lender& lender) : lender_{lender} { begin_use(lender_); }
    LenderInUse(const LenderInUse&) = delete;
    LenderInUse& operator=(const LenderInUse&) = delete;
    ~LenderInUse() { end_use(lender_); }

private:
    Lender& lender_;
};

/// The time in which an engine's user must not change it.
class LenderVisited {
public:
    explicit LenderVisited(Lender& lender) : lender_{lender} { begin_visit(lender_); }
    LenderVisited(const LenderVisited&) = delete;
    LenderVisited& operator=(const LenderVisited&) = delete;
    ~LenderVisited() { end_visit(lender_); }

private:
    Lender& lender_;
};

}  // namespace detail

/// A list inside an engine: events or reasons. It is valid until the engine's next command or
/// `reserve`, and until the engine is moved, assigned or destroyed. With GIGASPOT_CHECKED, reading
/// it later ends the program.
template <class T>
class LentList {
public:
    using value_type = T;  ///< the type of the items
    class iterator;
    using const_iterator = iterator;  ///< the iterator; none can change an item

    constexpr LentList() noexcept = default;
    /// Makes a list that no engine lends, for a test or an adapter. Keep its items in a variable.
    template <class List>
        requires detail::ListOf<List, T> || std::same_as<std::remove_cvref_t<List>, ListView<T>>
    // NOLINTNEXTLINE(bugprone-forwarding-reference-overload): see `ListView`
    constexpr LentList(List&& list) : list_{static_cast<List&&>(list)} {}
    /// Makes a list that an engine lends. Only the engine calls it.
    constexpr LentList(ListView<T> list, const detail::Lender& lender)
        : list_{list}, loan_{detail::loan_of(lender)} {}

    /// Returns a pointer to the first item.
    [[nodiscard]] constexpr const T* data() const { return lent().data(); }
    /// Returns the number of items.
    [[nodiscard]] constexpr std::size_t size() const { return lent().size(); }
    /// Tells whether there are no items.
    [[nodiscard]] constexpr bool empty() const { return lent().empty(); }
    /// Returns an iterator at the first item.
    [[nodiscard]] constexpr iterator begin() const { return {lent().data(), loan_}; }
    /// Returns the iterator past the last item.
    [[nodiscard]] constexpr iterator end() const { return {data() + size(), loan_}; }
    /// Returns an item. The index must be below `size()`.
    [[nodiscard]] constexpr const T& operator[](std::size_t index) const { return lent()[index]; }
    /// Returns the first item. The list must not be empty.
    [[nodiscard]] constexpr const T& front() const { return lent()[0]; }

private:
    [[nodiscard]] constexpr const ListView<T>& lent() const {
        detail::check_lent(loan_);
        return list_;
    }

    ListView<T> list_{};
    [[no_unique_address]] detail::Loan loan_{};
};

/// Walks over the items of a `LentList`, with the members of a contiguous iterator. With
/// GIGASPOT_CHECKED, it ends the program if the list is no longer valid.
template <class T>
class LentList<T>::iterator {
public:
    // Every contiguous iterator has these.
    /// @cond
    using value_type = T;
    using element_type = const T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T*;
    using reference = const T&;
    using iterator_category = std::random_access_iterator_tag;
    using iterator_concept = std::contiguous_iterator_tag;

    constexpr iterator() = default;
    constexpr iterator(const T* at, detail::Loan loan) : at_{at}, loan_{loan} {}

    [[nodiscard]] constexpr const T& operator*() const { return *operator->(); }
    [[nodiscard]] constexpr const T* operator->() const {
        detail::check_lent(loan_);
        return at_;
    }
    [[nodiscard]] constexpr const T& operator[](std::ptrdiff_t steps) const {
        return *(*this + steps);
    }

    constexpr iterator& operator+=(std::ptrdiff_t steps) {
        at_ += steps;
        return *this;
    }
    constexpr iterator& operator-=(std::ptrdiff_t steps) { return *this += -steps; }
    constexpr iterator& operator++() { return *this += 1; }
    constexpr iterator& operator--() { return *this -= 1; }
    constexpr iterator operator++(int) {
        const iterator before = *this;
        ++*this;
        return before;
    }
    constexpr iterator operator--(int) {
        const iterator before = *this;
        --*this;
        return before;
    }
    friend constexpr iterator operator+(iterator at, std::ptrdiff_t steps) { return at += steps; }
    friend constexpr iterator operator+(std::ptrdiff_t steps, iterator at) { return at += steps; }
    friend constexpr iterator operator-(iterator at, std::ptrdiff_t steps) { return at -= steps; }
    friend constexpr std::ptrdiff_t operator-(iterator left, iterator right) {
        return left.at_ - right.at_;
    }
    friend constexpr bool operator==(iterator left, iterator right) {
        return left.at_ == right.at_;
    }
    friend constexpr auto operator<=>(iterator left, iterator right) {
        return left.at_ <=> right.at_;
    }
    /// @endcond

private:
    const T* at_ = nullptr;
    [[no_unique_address]] detail::Loan loan_{};
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot

// The items outlive a view.
template <class T>
inline constexpr bool std::ranges::enable_borrowed_range<gigaspot::ListView<T>> = true;
template <class T>
inline constexpr bool std::ranges::enable_borrowed_range<gigaspot::LentList<T>> = true;
