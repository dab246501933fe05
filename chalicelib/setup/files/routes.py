from chalicelib.platform import Call, Routes
from chalicelib.setup.files import service
from chalicelib.setup.files.rules import SCOPES
from chalicelib.setup.files.schemas import SetupFileForm, SetupFileView

routes = Routes(__name__, tag="members")


@routes.post("/v1/staff/setup/files", scope="staff.companies.write")
def load_setup_file(call: Call, form: SetupFileForm) -> SetupFileView:
    """Load the staff, the distributors, the managers of regions, or what companies get, from a file.

    Each row has its own result, and a wrong row stops no other. The same file again changes nothing; a distributor is known by its name, a
    person by the email, a company by INN and KPP. Regions that the file does not name keep their managers. Staff and distributors load those
    who may change them.
    """
    call.require(SCOPES[form.kind])
    return service.load(call.context, form, by=call.principal.for_member())
