// Stands in for libFuzzer where the compiler has none: damages and splices the seeds at random, without
// looking at coverage. fuzz_config SECONDS SEED-NUMBER FOLDER…; the input that kills it is left in the file
// fuzz-input.
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

class Inputs {
public:
    Inputs(std::vector<std::string> seeds, std::uint32_t number)
        : seeds_(std::move(seeds)), random_(number) {}

    std::string next() {
        auto text = seed();
        if (below(3) == 0) text = splice(text, seed());
        // What stands before this byte are the defaults.
        if (below(3) == 0) text = seed() + '\xFF' + text;
        const auto times = below(8);
        for (std::size_t i = 0; i < times && !text.empty(); ++i) damage(text);
        return text;
    }

private:
    std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
    const std::string& seed() { return seeds_[below(seeds_.size())]; }

    /// Lines of both, so that keys of different files meet.
    std::string splice(const std::string& a, const std::string& b) {
        const auto cut = [&](const std::string& text) {
            const auto at = text.find('\n', below(text.size() + 1));
            return at == std::string::npos ? text.size() : at + 1;
        };
        return a.substr(0, cut(a)) + b.substr(cut(b));
    }

    void damage(std::string& text) {
        static const std::string letters = "{}[]:,&*!|>'\"%@`#-? \n\tax0~<\\.(\xC3\xA4\x01\xFF";
        static const std::vector<std::string> words{"<<: *a\n",
                                                    "&a ",
                                                    "*a",
                                                    "0d",
                                                    "100%",
                                                    "null",
                                                    "true",
                                                    "use: [servers, night]\n",
                                                    "[{",
                                                    "}]",
                                                    "99999999999999999999",
                                                    "2026-02-29",
                                                    "@every 1s",
                                                    "{{ x }}",
                                                    "${secret:a}",
                                                    "\\u0000",
                                                    "-1"};
        const auto at = below(text.size());
        const auto length = std::min(text.size() - at, 1 + below(16));
        switch (below(6)) {
            case 0: text.erase(at, length); break;
            case 1: text.insert(at, 1, letters[below(letters.size())]); break;
            case 2: text[at] = letters[below(letters.size())]; break;
            case 3: text.insert(at, words[below(words.size())]); break;
            case 4: text[at] = static_cast<char>(below(256)); break;
            default: text.insert(below(text.size()), text.substr(at, length)); break;
        }
    }

    std::vector<std::string> seeds_;
    std::mt19937 random_;
};

std::vector<std::string> seeds_in(int count, char** folders) {
    std::vector<std::string> seeds;
    for (int i = 0; i < count; ++i)
        for (const auto& entry : fs::directory_iterator(folders[i])) {
            std::ifstream file(entry.path(), std::ios::binary);
            seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
        }
    return seeds;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::cerr << "usage: fuzz_config SECONDS SEED-NUMBER FOLDER…\n";
        return 2;
    }
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(std::atoi(argv[1]));
    Inputs inputs(seeds_in(argc - 3, argv + 3), static_cast<std::uint32_t>(std::atoi(argv[2])));
    std::uint64_t executions = 0;
    for (; std::chrono::steady_clock::now() < end; ++executions) {
        const auto text = inputs.next();
        std::ofstream("fuzz-input", std::ios::binary | std::ios::trunc) << text;
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    }
    std::error_code ignored;
    fs::remove("fuzz-input", ignored);
    std::cout << executions << " executions, nothing found\n";
    return 0;
}
