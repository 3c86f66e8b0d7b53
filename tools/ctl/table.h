// Text tables: aligned, at most as wide as the terminal, and with all cells made printable.
#ifndef DRAWBRIDGE_TOOLS_CTL_TABLE_H_
#define DRAWBRIDGE_TOOLS_CTL_TABLE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "tools/ctl/terminal.h"

namespace drawbridge::ctl {

struct Column {
  std::string title;
  bool right = false;    // right-aligned, for numbers
  bool shrinks = false;  // may be shortened if the terminal is too narrow
  int rank = 0;          // 0: always shown; others are dropped if the terminal is too narrow, highest first
};

struct Cell {
  std::string text;
  Style style = Style::kPlain;
};

// Not thread-safe. Rows are taken in batches, so that a long list is not held in memory. A column never gets
// narrower from one batch to the next. The columns to drop are chosen with the first batch.
class Table {
 public:
  Table(std::vector<Column> columns, const Look& look);

  // `cells` must have one entry for each column. Their texts are passed through Printable.
  void Add(std::vector<Cell> cells);
  // Returns the rows added since the last call, as lines. The first call starts with the titles.
  std::string Take();

 private:
  void LeaveOut();
  std::vector<size_t> FittingWidths() const;
  std::string Line(const std::vector<Cell>& cells, const std::vector<size_t>& widths) const;

  const std::vector<Column> columns_;
  const Look look_;
  std::vector<size_t> widths_;
  std::vector<bool> filled_;   // whether any cell of the column is not empty
  std::vector<size_t> shown_;  // columns, from left to right
  std::vector<std::vector<Cell>> rows_;
  bool titled_ = false;
};

}  // namespace drawbridge::ctl

#endif  // DRAWBRIDGE_TOOLS_CTL_TABLE_H_
