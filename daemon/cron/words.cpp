#include "cron/expression.hpp"
namespace runbookd::cron {
std::string Expression::in_words() const { return text_; }
}  // namespace runbookd::cron
