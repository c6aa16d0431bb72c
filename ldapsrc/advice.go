package ldapsrc

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/go-ldap/ldap/v3"
)

// advice returns one sentence on what to do about err, or "".
func (c Config) advice(err error) string {
	if refused, ok := errors.AsType[*ldap.Error](err); ok {
		return c.adviceOnResult(refused)
	}
	if advice := c.adviceOnCertificate(err); advice != "" {
		return advice
	}
	var timeout net.Error
	switch {
	case errors.Is(err, errNoBase):
		return "Check the base; if it is right, let bind_dn see that entry."
	case errors.Is(err, errNoPaging):
		return "The directory must support paged results (RFC 2696)."
	case errors.Is(err, syscall.ECONNREFUSED):
		return "Check that the directory is running and that the host and port in url are right."
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "Check the network and the firewall between here and the directory."
	case errors.Is(err, errSilent):
		return "Check the network and the load of the directory, or raise timeout or lower page_size."
	case errors.As(err, new(*net.DNSError)):
		return "Check the host name in url."
	case errors.As(err, &timeout) && timeout.Timeout():
		return "Check the host and port in url, and the firewall between here and the directory."
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "Run it again; if it recurs, see the directory's log, and check that ldaps:// or ldap:// in url is what the port speaks."
	}
	return ""
}

func (c Config) adviceOnCertificate(err error) string {
	if wrong, ok := errors.AsType[x509.HostnameError](err); ok {
		names := wrong.Certificate.DNSNames
		for _, ip := range wrong.Certificate.IPAddresses {
			names = append(names, ip.String())
		}
		if len(names) == 0 {
			return "The certificate bears no name at all (no subjectAltName); have it issued again."
		}
		return fmt.Sprintf("Use one of the certificate's names in url or as server_name: %s.", strings.Join(names, ", "))
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return "Renew the directory's certificate, or correct this machine's clock."
	}
	switch {
	case errors.As(err, new(x509.UnknownAuthorityError)) && c.CAFile != "":
		return "The directory's certificate is not from an authority in ca_file; put the PEM of the right one there."
	case errors.As(err, new(x509.UnknownAuthorityError)):
		return "Set ca_file to the PEM of the authority that issued the directory's certificate."
	case errors.As(err, new(tls.RecordHeaderError)):
		return "The port does not speak TLS; use ldap:// with start_tls: true, or the port for ldaps."
	}
	return ""
}

func (c Config) adviceOnResult(refused *ldap.Error) string {
	switch refused.ResultCode {
	case ldap.LDAPResultInvalidCredentials:
		return adviceOnBind(refused.Err.Error())
	case ldap.LDAPResultNoSuchObject:
		if refused.MatchedDN != "" {
			return "Check the base; the nearest entry that exists is " + refused.MatchedDN + "."
		}
		return "Check the base."
	case ldap.LDAPResultInsufficientAccessRights, ldap.LDAPResultOperationsError:
		return "Let bind_dn read that part of the directory, or bind as somebody who may."
	case ldap.LDAPResultStrongAuthRequired, ldap.LDAPResultConfidentialityRequired:
		return "The directory wants an encrypted connection: use ldaps:// or start_tls: true."
	case ldap.LDAPResultInappropriateAuthentication:
		return "The directory does not allow this kind of bind: set bind_dn and its password."
	case ldap.LDAPResultUnavailableCriticalExtension:
		return "The directory must support paged results (RFC 2696)."
	case ldap.LDAPResultProtocolError:
		if c.StartTLS {
			return "If the directory does not know StartTLS, use ldaps://."
		}
	case ldap.LDAPResultBusy, ldap.LDAPResultUnavailable:
		return "Try again later."
	}
	return ""
}

// adviceOnBind reads the code that Active Directory adds to result 49 ("data
// 52e"; the codes are those of Win32 logon errors).
func adviceOnBind(diagnostics string) string {
	_, after, ok := strings.Cut(diagnostics, "data ")
	code, _, _ := strings.Cut(after, ",")
	if ok {
		switch strings.TrimSpace(code) {
		case "525":
			return "There is no such account; check bind_dn."
		case "52e":
			return "The account exists and the password is wrong."
		case "530", "531":
			return "The account may not log on now, or from here; lift its logon hours or workstations."
		case "532":
			return "The account's password has expired; set a new one."
		case "533":
			return "The account is disabled; enable it."
		case "701":
			return "The account has expired."
		case "773":
			return "The account has to change its password first."
		case "775":
			return "The account is locked; unlock it."
		}
	}
	return "Check bind_dn and its password."
}
