# Everything that is done with this repository. `make` alone lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help

.PHONY: help
help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.PHONY: build
build: ## the three programs, into bin/
	@go build -o bin/ ./cmd/inloop-kiosk ./cmd/inloop-central ./cmd/inloop-demo

.PHONY: run
run: build ## the whole job on embedded defaults; DATA=dir keeps what it did
	@exec bin/inloop-demo $(if $(DATA),--data '$(DATA)')

.PHONY: check
check: ## the fast answer to an edit: build, vet, lint what changed, short tests
	@.ci/check

.PHONY: test
test: ## every test, on real SQLite, PostgreSQL and Chromium
	@.ci/needs
	@.ci/test

.PHONY: lint
lint: ## format, linters, tidiness, known vulnerabilities
	@.ci/lint

.PHONY: bench
bench: ## the benchmarks, each beside its baseline
	@go test -run '^$$' -bench . -benchtime 2s -timeout 30m ./...

.PHONY: pictures
pictures: ## the README's pictures, from the running program
	@go test -count=1 -run TestWhole_Faces ./cmd/inloop-demo -pictures '$(CURDIR)/web/pictures'

.PHONY: assets
assets: ## fonts, drawings, idiomorph and axe, from their packages (wants npm)
	@$(MAKE) --no-print-directory -C .assets
