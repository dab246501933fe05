from chalicelib.platform.http.routes import Call, Routes
from chalicelib.platform.list_files import service
from chalicelib.platform.list_files.schemas import ListFileForm, ListFileView

routes = Routes(__name__, tag="service")


@routes.post("/v1/list-files", scope="me", problems=("not_found",))
def make_list_file(call: Call, form: ListFileForm) -> ListFileView:
    """Make a file of any list that you may read, as CSV or XLSX, with the filters of the list.

    Headings, and the words for states and other codes, are in the language of the request; a program reads codes in the list itself. Files
    of the staff have names next to ids. The file has the number of rows and the sum of each column of money, the same in both formats. At
    most 2,500 rows; a longer list is refused, never cut. The exports of the staff have no such bound.
    """
    return service.make(call, form)
