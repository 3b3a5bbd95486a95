"""What the bank says: statement files in a folder per account."""

from ingestion.bank.loader import faults_of_newest, load

__all__ = ["faults_of_newest", "load"]
