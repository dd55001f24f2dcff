#include "server/jobs/worker.hpp"

int main() {
    return jobs::run_worker();
}
