// Tables for people: aligned, no wider than the terminal, and safe to print whatever is in them.
#ifndef DRAWBRIDGE_TOOLS_CTL_TABLE_H_
#define DRAWBRIDGE_TOOLS_CTL_TABLE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "tools/ctl/terminal.h"

namespace drawbridge::ctl {

struct Column {
  std::string title;
  bool right = false;    // aligned to the right, as numbers are
  bool shrinks = false;  // may be shortened where the terminal is too narrow
  int rank = 0;          // 0: always there; the others are left out where it is too narrow, highest first
};

struct Cell {
  std::string text;
  Style style = Style::kPlain;
};

// Not thread-safe. Rows come out in pieces, so that a long list need not be kept: a column never gets
// narrower from one piece to the next, and what is left out is decided with the first one.
class Table {
 public:
  Table(std::vector<Column> columns, const Look& look);

  // As many cells as there are columns. What is in them goes through Printable.
  void Add(std::vector<Cell> cells);
  // The rows added since the last call, as lines; before the first ones, the titles.
  std::string Take();

 private:
  void LeaveOut();
  std::vector<size_t> FittingWidths() const;
  std::string Line(const std::vector<Cell>& cells, const std::vector<size_t>& widths) const;

  const std::vector<Column> columns_;
  const Look look_;
  std::vector<size_t> widths_;
  std::vector<bool> filled_;   // some cell is not empty
  std::vector<size_t> shown_;  // columns, from left to right
  std::vector<std::vector<Cell>> rows_;
  bool titled_ = false;
};

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_TABLE_H_
