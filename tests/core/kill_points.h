// SPDX-License-Identifier: BSD-3-Clause
//
// Which of the core's stores a test has met: every one of the sources is to be met by the operations of some kill test.

#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>

namespace shmpack {

/// The points that this process met, as "file.cc:line".
inline std::set<std::string> met_points;

/// To be the fault_hook.
inline void RecordPoint(const char* file, int line) {
  met_points.insert(std::filesystem::path(file).filename().string() + ":" + std::to_string(line));
}

/// Every line of a family's sources, the folder src/core/<family>, that stores or copies to shared memory.
inline std::set<std::string> StoresOf(const std::string& family) {
  const std::regex store(R"(\b(Store|CopyIn)\()");
  std::set<std::string> stores;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(SHMPACK_ROOT "/src/core/" + family)) {
    const std::string name = entry.path().filename().string();
    std::ifstream source(entry.path());
    int number = 0;
    for (std::string line; std::getline(source, line);) {
      ++number;
      if (std::regex_search(line.substr(0, line.find("//")), store)) stores.insert(name + ":" + std::to_string(number));
    }
  }
  EXPECT_FALSE(stores.empty()) << "no store in src/core/" << family;
  return stores;
}

}  // namespace shmpack
