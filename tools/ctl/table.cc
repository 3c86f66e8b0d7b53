#include "tools/ctl/table.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "tools/ctl/printable.h"

namespace drawbridge::ctl {
namespace {

constexpr size_t kGap = 2;
constexpr size_t kNarrowest = 6;  // minimum width of a column that shrinks
// Minimum width of such a column while other columns can still be dropped.
constexpr size_t kReadable = 16;

}  // namespace

Table::Table(std::vector<Column> columns, const Look& look) : columns_(std::move(columns)), look_(look) {
  for (const Column& column : columns_) widths_.push_back(DisplayWidth(column.title));
  filled_.resize(columns_.size());
  shown_.resize(columns_.size());
  std::iota(shown_.begin(), shown_.end(), size_t{0});
}

void Table::Add(std::vector<Cell> cells) {
  for (size_t i = 0; i < cells.size(); ++i) {
    cells[i].text = Printable(cells[i].text);
    widths_[i] = std::max(widths_[i], DisplayWidth(cells[i].text));
    if (!cells[i].text.empty()) filled_[i] = true;
  }
  rows_.push_back(std::move(cells));
}

std::string Table::Take() {
  if (rows_.empty() && titled_) return "";
  if (!titled_) LeaveOut();
  const std::vector<size_t> widths = FittingWidths();
  std::string text;
  if (!std::exchange(titled_, true)) {
    std::vector<Cell> titles;
    titles.reserve(columns_.size());
    for (const Column& column : columns_) titles.push_back({column.title, Style::kBold});
    text += Line(titles, widths);
  }
  for (const std::vector<Cell>& row : rows_) text += Line(row, widths);
  rows_.clear();
  return text;
}

void Table::LeaveOut() {
  const auto width = [this](size_t i) {
    return kGap + (columns_[i].shrinks ? std::min(widths_[i], kReadable) : widths_[i]);
  };
  // Empty columns are dropped first, then those with the highest rank.
  const auto worth = [this](size_t i) { return std::pair<bool, int>(filled_[i], -columns_[i].rank); };
  while (look_.width > 0) {
    size_t total = 0;
    auto least = shown_.end();
    for (auto i = shown_.begin(); i != shown_.end(); ++i) {
      total += width(*i);
      if (columns_[*i].rank > 0 && (least == shown_.end() || worth(*i) < worth(*least))) least = i;
    }
    if (total <= look_.width + kGap || least == shown_.end()) return;
    shown_.erase(least);
  }
}

std::vector<size_t> Table::FittingWidths() const {
  std::vector<size_t> widths = widths_;
  if (look_.width == 0) return widths;
  size_t total = kGap * (shown_.size() - 1);
  for (const size_t i : shown_) total += widths[i];
  while (total > look_.width) {
    // The widest column that may shrink loses one terminal column.
    size_t widest = columns_.size();
    for (const size_t i : shown_) {
      if (!columns_[i].shrinks || widths[i] <= kNarrowest) continue;
      if (widest == columns_.size() || widths[i] > widths[widest]) widest = i;
    }
    if (widest == columns_.size()) break;  // Line() cuts the rest
    --widths[widest];
    --total;
  }
  return widths;
}

std::string Table::Line(const std::vector<Cell>& cells, const std::vector<size_t>& widths) const {
  std::string line;
  size_t left = look_.width == 0 ? SIZE_MAX : look_.width;
  for (const size_t i : shown_) {
    if (left == 0) break;
    const std::string text = Shorten(cells[i].text, std::min(widths[i], left));
    size_t padding = std::min(widths[i], left) - DisplayWidth(text);
    left -= std::min(left, widths[i] + kGap);
    if (columns_[i].right) line.append(std::exchange(padding, 0), ' ');
    line += look_.colour ? Styled(text, cells[i].style) : text;
    const bool last = i == shown_.back() || left == 0;
    if (!last) line.append(padding + kGap, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

}  // namespace drawbridge::ctl
