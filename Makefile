# Thin: `cargo xtask` does the work, `cargo xtask --help` lists the rest.
#   make run [PORT=3000] [DATA=folder]    build and start ML Hub
#   make test                             everything that must be green
#   make bench [NAME=ingest] [ARGS=…]     one performance claim against its peer, or its limit
#   make release                          target/release/mlhub, one file
PORT ?= 3000
export PATH := $(PATH):$(HOME)/.cargo/bin

.PHONY: run test bench fmt release screenshots setup

run: setup
	@cargo xtask run --port $(PORT) $(if $(DATA),--data "$(DATA)")

test: setup
	@cargo xtask test

bench: setup
	@cargo xtask bench $(NAME) $(ARGS)

fmt:
	@cargo xtask fmt

release: setup
	@cargo xtask build --release

screenshots: setup
	@cargo xtask screenshots

setup:
	@xtask/setup.sh
