#!/bin/sh
set -e
echo made
