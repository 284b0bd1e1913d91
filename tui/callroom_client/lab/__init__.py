"""The lab: experiments with real sockets on this machine, each recorded call by call. No screen."""
