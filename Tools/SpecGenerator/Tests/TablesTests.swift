import SpecTables
import Testing

@Suite("Tables") struct TablesTests {}
