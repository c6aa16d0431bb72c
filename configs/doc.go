// Package configs reads the configuration file: one YAML file that composes
// each package's own configuration.
//
// # What it promises
//
// Every mistake is told at once, each with file, line and key, and what was
// meant where that can be guessed. No error holds a secret. [Examples] are
// tested.
//
// # What it refuses
//
// A key that it does not know, a key twice, a value of the wrong type, and a
// secret that is written out: a password or token is named as env:NAME or
// file:PATH and is read when it is used, so that the file can be shown to
// anybody and kept under version control.
package configs
