#pragma once
// A real sandbox on a free port in a thread of its own, and a small blocking client for it.
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "sandbox/fleet_file.hpp"
#include "sandbox/sandbox.hpp"
#include "temp_folder.hpp"

namespace runbookd::sandbox::testing {

namespace http = boost::beast::http;
using runbookd::testing::TempFolder;

[[nodiscard]] inline std::vector<nlohmann::json> lines_of(const std::filesystem::path& file) {
    std::vector<nlohmann::json> lines;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
}

class LiveSandbox {
public:
    explicit LiveSandbox(const std::string& yaml, double speed = 1) {
        auto fleet = parse_fleet(yaml, "fleet.yaml");
        if (!fleet) throw std::runtime_error(fleet.error().message);
        Settings settings;
        settings.listen = "127.0.0.1:0";
        settings.ledger = folder.file("ledger");
        settings.access_log = folder.file("access");
        settings.traffic = folder.file("traffic");
        settings.speed = speed;
        auto opened = Sandbox::open(loop_, clock_, std::move(*fleet), settings, [](const std::string&) {});
        if (!opened) throw std::runtime_error(opened.error().message);
        sandbox_ = std::move(*opened);
        port_ = sandbox_->url().substr(sandbox_->url().rfind(':') + 1);
        thread_ = std::thread([this] { loop_.run(); });
    }
    ~LiveSandbox() {
        boost::asio::post(loop_, [this] { sandbox_->stop(); });
        thread_.join();
    }
    LiveSandbox(const LiveSandbox&) = delete;
    LiveSandbox& operator=(const LiveSandbox&) = delete;

    [[nodiscard]] const std::string& port() const { return port_; }
    TempFolder folder;

private:
    boost::asio::io_context loop_{1};
    SystemClock clock_;
    std::unique_ptr<Sandbox> sandbox_;
    std::string port_;
    std::thread thread_;
};

struct Answer {
    boost::system::error_code error;  ///< of the connection; the rest is empty then
    int status = 0;
    std::string body;
    std::map<std::string, std::string> headers;
    [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(body); }
};

/// Keeps one connection, and makes another after an error.
class Client {
public:
    explicit Client(const LiveSandbox& sandbox) : port_(sandbox.port()) {
        const auto reply = call(http::verb::post, "/auth/oauth/token",
                                "grant_type=password&username=demo-key&password=demo-secret");
        bearer_ = "Bearer " + reply.json()["access_token"].get<std::string>();
    }

    Answer call(http::verb verb, const std::string& target, const std::string& body = "",
                const std::map<std::string, std::string>& headers = {}) {
        http::request<http::string_body> request(verb, target, 11);
        request.set(http::field::host, "127.0.0.1:" + port_);
        request.set(http::field::authorization,
                    bearer_.empty() ? "Basic cHVibGljLWNsaWVudDpwdWJsaWM=" : bearer_);
        request.set(http::field::content_type,
                    bearer_.empty() ? "application/x-www-form-urlencoded" : "application/json");
        for (const auto& [name, value] : headers) request.set(name, value);
        request.body() = body;
        request.prepare_payload();
        Answer answer;
        if (!socket_.is_open()) connect(answer.error);
        if (!answer.error) http::write(socket_, request, answer.error);
        http::response<http::string_body> response;
        if (!answer.error) http::read(socket_, buffer_, response, answer.error);
        if (answer.error || !response.keep_alive()) drop();
        if (answer.error) return answer;
        answer.status = static_cast<int>(response.result_int());
        for (const auto& field : response.base())
            answer.headers[std::string(field.name_string())] = std::string(field.value());
        answer.body = std::move(response.body());
        return answer;
    }

    Answer get(const std::string& target) { return call(http::verb::get, target); }
    Answer put(const std::string& target, const std::string& body) {
        return call(http::verb::put, target, body);
    }

    std::string device_uid(const std::string& hostname) {
        return get("/api/v2/account/devices?hostname=" + hostname).json()["devices"][0]["uid"];
    }
    std::string component_uid(const std::string& name) {
        const auto page = get("/api/v2/account/components").json();
        for (const auto& each : page["components"]) {
            if (each["name"] == name) return each["uid"];
        }
        throw std::runtime_error("no component " + name);
    }
    Answer create(const std::string& device, const std::string& component, const std::string& job_name,
                  const nlohmann::json& variables = nlohmann::json::array()) {
        const nlohmann::json body = {
            {"jobName", job_name}, {"jobComponent", {{"componentUid", component}, {"variables", variables}}}};
        return put("/api/v2/device/" + device + "/quickjob", body.dump());
    }
    /// Polls until the job has ended; the last results.
    nlohmann::json results_at_end(const std::string& job, const std::string& device) {
        for (int i = 0; i < 1000; ++i) {
            auto results = get("/api/v2/job/" + job + "/results/" + device).json();
            const std::string status = results["jobDeploymentStatus"];
            if (status != "Pending" && status != "Running") return results;
            std::this_thread::sleep_for(std::chrono::milliseconds{10});  // a real process is waited for
        }
        throw std::runtime_error("the job did not end");
    }

private:
    void connect(boost::system::error_code& error) {
        const auto port = static_cast<unsigned short>(std::stoi(port_));
        socket_.connect({boost::asio::ip::address_v4::loopback(), port}, error);
    }
    void drop() {
        boost::system::error_code ignored;
        socket_.close(ignored);
        buffer_.clear();
    }

    std::string port_;
    std::string bearer_;
    boost::asio::io_context context_;
    boost::asio::ip::tcp::socket socket_{context_};
    boost::beast::flat_buffer buffer_;
};

}  // namespace runbookd::sandbox::testing
