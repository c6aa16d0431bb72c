package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"ldap2scim/configs"
)

func (p *program) initCommand() *cobra.Command {
	var directory, destination string
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write a commented configuration for a kind of directory",
		Long: `Write a commented configuration to the file that --config names. A file that is
there is never overwritten.` + exitHelp(exitDone, exitFailed),
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			text, err := configs.Example(directory, destination)
			if err != nil {
				return err
			}
			file, err := os.OpenFile(p.config, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
			if errors.Is(err, fs.ErrExist) {
				return &adviceError{what: p.config + " is there already", hint: "Name another file with --config."}
			}
			if err != nil {
				return fmt.Errorf("write configuration: %w", err)
			}
			_, err = file.WriteString(text)
			if err := errors.Join(err, file.Close()); err != nil {
				return fmt.Errorf("write configuration: %w", err)
			}
			fmt.Fprintf(p.out, "Wrote %s. Edit what is marked CHANGE, then: ldap2scim check\n", p.config)
			return nil
		},
	}
	cmd.Flags().StringVar(&directory, "directory", "openldap", "the kind of directory: "+strings.Join(configs.Directories(), ", "))
	cmd.Flags().StringVar(&destination, "destination", "scim", "the kind of destination: "+strings.Join(configs.Destinations(), ", "))
	return cmd
}
