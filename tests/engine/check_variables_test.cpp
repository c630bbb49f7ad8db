// Variables against the component that they are for.
#include "engine/check_variables.hpp"

#include "catch.hpp"

namespace runbookd::engine {
namespace {

Component sweep() {
    Component component;
    component.uid = ComponentUid{"c1"};
    component.name = "Sweep";
    component.variables = {{"days", "string", "7", "", true},       {"Path", "string", "", "", true},
                           {"deep", "Boolean", "false", "", true},  {"size", "NUMBER", "1", "", true},
                           {"mode", "selection", "fast", "", true}, {"freed", "number", "", "", false}};
    return component;
}

VariableCheck check(const std::map<std::string, std::string>& values) {
    Variables variables;
    for (const auto& [name, text] : values) variables.emplace(name, *templates::Template::parse(text));
    variables.emplace("Path", templates::Template::literal("C:\\Temp"));
    return check_variables(sweep(), variables);
}

}  // namespace

TEST_CASE("what the component knows passes, whatever its text", "[engine][variables]") {
    const auto checked = check({{"days", "30"}, {"mode", "anything"}, {"size", "-1.5"}, {"deep", "TRUE"}});
    CHECK(checked.issues.empty());
    CHECK_FALSE(checked.has_errors());
    CHECK(checked.errors().empty());
}

TEST_CASE("an unknown name is an error that names the right case, the nearest or all",
          "[engine][variables]") {
    const auto wrong_case = check({{"Days", "1"}});
    REQUIRE(wrong_case.issues.size() == 1);
    CHECK(wrong_case.issues[0].problem == VariableProblem::unknown);
    CHECK(wrong_case.issues[0].suggestion == "days");
    CHECK(wrong_case.issues[0].message ==
          "component 'Sweep' has no variable 'Days'; it is spelt 'days' (upper and lower case differ)");
    const auto typo = check({{"dyas", "1"}});
    CHECK(typo.issues.at(0).suggestion == "days");
    CHECK(typo.issues.at(0).message ==
          "component 'Sweep' has no variable 'dyas'; did you mean 'days'? It has days, Path, deep, size, "
          "mode");
    const auto strange = check({{"xxxxxxxxx", "1"}});
    CHECK(strange.issues.at(0).suggestion.empty());
    CHECK(strange.issues.at(0).message ==
          "component 'Sweep' has no variable 'xxxxxxxxx'; it has days, Path, deep, size, mode");
    CHECK(check_variables({ComponentUid{"c2"}, "Reboot", "", "", {}},
                          {{"days", templates::Template::literal("1")}})
              .issues.at(0)
              .message == "component 'Reboot' has no variable 'days'; it has none");
}

TEST_CASE("an output cannot be set", "[engine][variables]") {
    const auto checked = check({{"freed", "1"}});
    REQUIRE(checked.issues.size() == 1);
    CHECK(checked.issues[0].problem == VariableProblem::output);
    CHECK(checked.has_errors());
}

TEST_CASE("values are held to the types that are known", "[engine][variables]") {
    CHECK(check({{"deep", "yes"}}).issues.at(0).message ==
          "variable 'deep' takes true or false, not 'yes'; did you mean true?");
    CHECK(check({{"deep", "0"}}).issues.at(0).suggestion == "false");
    CHECK(check({{"deep", "perhaps"}}).issues.at(0).suggestion.empty());
    CHECK(check({{"size", "ten"}}).issues.at(0).message == "variable 'size' takes a number, not 'ten'");
    // Known only when it is rendered.
    CHECK(check({{"size", "{{ device.hostname }}"}, {"deep", "${secret:x}"}}).issues.empty());
}

TEST_CASE("an input without value and default is a warning", "[engine][variables]") {
    const auto checked = check_variables(sweep(), {{"Days", templates::Template::literal("1")}});
    REQUIRE(checked.issues.size() == 2);
    CHECK(checked.issues[1].problem == VariableProblem::no_value);
    CHECK(checked.warnings() == "input 'Path' of component 'Sweep' has neither a value nor a default");
    CHECK(checked.errors().find("Path'") == std::string::npos);
    CHECK_FALSE(check_variables(sweep(), {}).has_errors());
}

TEST_CASE("what each input gets is told, with its default", "[engine][variables]") {
    const auto checked = check({{"days", "${secret:x}"}});
    REQUIRE(checked.inputs.size() == 5);
    CHECK(checked.inputs[0].name == "days");
    CHECK(checked.inputs[0].set == "[secret:x]");
    CHECK(checked.inputs[0].default_value == "7");
    CHECK_FALSE(checked.inputs[2].set);
}

TEST_CASE("texts become what their type is sent as", "[engine][variables]") {
    CHECK(convert("boolean", " True\n") == "true");
    CHECK(convert("Bool", "FALSE") == "false");
    CHECK_FALSE(convert("boolean", ""));
    for (const auto* number : {"0", "007", "-1", "+3", "1.5", ".5", "1e3", "12345678901234567890", " 30 "})
        CHECK(convert("number", number));
    CHECK(convert("number", " 30 ") == "30");
    for (const auto* word : {"", " ", "-", "inf", "nan", "0x1F", "1,5", "1 2", "1.5.2", "--1", "3d"})
        CHECK_FALSE(convert("number", word));
    CHECK(convert("string", " 30 ") == " 30 ");
    CHECK(convert("", "x") == "x");
    CHECK(convert("date", "whenever") == "whenever");
}

TEST_CASE("a value that may not arrive whole is refused", "[engine][variables]") {
    const auto checked =
        check_variables(sweep(), {{"days", templates::Template::literal(std::string(16'196, 'x'))}});
    CHECK(checked.has_errors());
    CHECK(checked.errors().find("16,195") != std::string::npos);
}

}  // namespace runbookd::engine
