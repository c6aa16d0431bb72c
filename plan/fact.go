package plan

// Facts are what a destination knows of an object beside the fields that may
// be wanted. They are among its fields, under names that begin with @, and are
// never written.
const (
	// FactMatched is the key by which a person or group was found where the
	// destination does not keep our ID.
	FactMatched = "@matched"
	// FactOwner says who alone may change the object.
	FactOwner = "@owner"
	// FactUnfit says, in words, why the object cannot be used: "a guest".
	FactUnfit = "@unfit"
	// FactWhy says more of why a setting is as it is.
	FactWhy = "@why"
	// FactDocument is the whole of what the destination holds, so that it can
	// be put back.
	FactDocument = "@document"
)
