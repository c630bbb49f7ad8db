#include "coroutine_traps.hpp"

#include "catch.hpp"
#include "source_tree.hpp"

using namespace architecture;

namespace {

std::size_t count_in(const std::string& body) {
    return coroutine_traps("asio::awaitable<void> f(int a) {\n" + body + "\n}\n").size();
}

}  // namespace

TEST_CASE("no source holds a form of co_await that g++ 12 miscompiles", "[architecture]") {
    std::string found;
    for (const auto& file : all_sources())
        for (const auto& trap : coroutine_traps(file.text))
            found += "\n  " + file.path + ":" + std::to_string(trap.line) + ": " + trap.what;
    INFO("name it first, then await it:" << found);
    CHECK(found.empty());
}

TEST_CASE("an await in a condition is found", "[architecture]") {
    CHECK(count_in("if (co_await g()) h();") == 1);
    CHECK(count_in("while (x && co_await g()) { h(); }") == 1);
    CHECK(count_in("do { h(); } while (co_await g());") == 1);
    CHECK(count_in("switch (co_await g()) { default: break; }") == 1);
    CHECK(count_in("for (int i = 0; i < co_await g(); ++i) h();") == 1);
    CHECK(count_in("for (auto x : co_await g()) h();") == 1);
    CHECK(count_in("if (auto x = co_await g(); co_await h()) i();") == 1);
    CHECK(count_in("if (auto x = f(1); (co_await g(x)).ok) h();") == 1);
    CHECK(count_in("if constexpr (kOn) { if (co_await g()) h(); }") == 1);
}

TEST_CASE("awaits beside a condition are not", "[architecture]") {
    CHECK(count_in("if (auto x = co_await g(); x) h();") == 0);
    CHECK(count_in("for (auto x = co_await g(); x; --x) h();") == 0);
    CHECK(count_in("if (a) co_await g();") == 0);
    CHECK(count_in("while (true) { const auto x = co_await g(); if (!x) co_return; }") == 0);
    CHECK(count_in("// if (co_await g())\nconst char* s = \"if (co_await g())\";") == 0);
    CHECK(count_in("if (any([&] { return a; })) co_await g();") == 0);
    CHECK(count_in("#define X if (co_await g())\n") == 0);
}

TEST_CASE("a capturing lambda or a braced temporary in an awaiting statement is found", "[architecture]") {
    CHECK(count_in("co_await g([a] { return a; });") == 1);
    CHECK(count_in("const auto x = co_await g(1, [&] { h(); });") == 1);
    CHECK(count_in("co_await g(Request{a, b});") == 1);
    CHECK(count_in("co_await g({.name = a});") == 1);
    CHECK(count_in("co_return co_await g(std::vector<int>{1, 2});") == 1);
    CHECK(count_in("co_return Reply{co_await g()};") == 1);
    CHECK(count_in("h(Request{a}, co_await g());") == 1);
    CHECK(count_in("auto task = [] () -> asio::awaitable<void> { co_await g(Foo{1}); };") == 1);
    CHECK(coroutine_traps("void f() {\n  a();\n  auto b =\n    co_await g(Foo{1});\n}").at(0).line == 4);
}

TEST_CASE("what is named first is not", "[architecture]") {
    CHECK(count_in("const Request request{a, b};\nco_await g(request);") == 0);
    CHECK(count_in("const auto done = [&] { h(); };\nco_await g(done);") == 0);
    CHECK(count_in("group.spawn([a]() -> asio::awaitable<void> { co_await g(a); });") == 0);
    CHECK(count_in("co_await g([] { return 1; });") == 0);
    CHECK(count_in("const std::unique_ptr<Foo> x{co_await g()};") == 0);
    CHECK(count_in("co_await sleep_for(timers, std::chrono::seconds{5});") == 0);
    CHECK(count_in("if (a == Foo{1}) co_await g();") == 0);
    CHECK(count_in("try { co_await g(); } catch (const Error& e) { h(Foo{1}); }") == 0);
    CHECK(count_in("co_await g(names[a], x[co_await h()]);") == 0);
    CHECK(count_in("switch (a) { case 1: { co_await g(); break; } }") == 0);
    CHECK(coroutine_traps("struct A : B { asio::awaitable<void> f() const { co_await g(); } Foo x{1}; };")
              .empty());
}
